"""Statements of the hot paths: they are part of the session's transaction, and last as long as its connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, Presence, PresenceState
from contact_center.extensions import db
from contact_center.statement import Statement, array, columns
from contact_center.tickets import lifecycle
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

ADD = Statement("INSERT INTO file (sha256, size, stored_at) VALUES (:digest, :size, :now) RETURNING id, size")
SIZES = Statement("SELECT size FROM file WHERE sha256 = ANY(CAST(:digests AS bytea[])) ORDER BY size")
PRESENCE = Statement(f"SELECT {columns(Presence)} FROM presence WHERE agent_id = :agent_id AND ended_at IS NULL")
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :like")


def add(digest: bytes, size: int) -> int:
    return int(ADD.one({"digest": digest, "size": size, "now": clock.now()}).size)


@pytest.mark.usefixtures("session")
def test_a_row_is_read_by_the_names_of_its_columns() -> None:
    row = Statement("SELECT CAST(:a AS bigint) AS first, CAST(:b AS text) AS second, :a + 1 AS third").one(
        {"a": 7, "b": None}
    )
    assert (row.first, row.second, row.third) == (7, None, 8)


@pytest.mark.usefixtures("session")
def test_signs_that_mean_something_to_a_driver_mean_nothing_here() -> None:
    row = Statement("SELECT '100 %s' || ' %(a)s' || ' $$' AS said, '12:30'::text AS at").one({})
    assert (row.said, row.at) == ("100 %s %(a)s $$", "12:30")


@pytest.mark.usefixtures("session")
def test_a_row_has_fields_even_where_a_column_has_no_name() -> None:
    assert list(Statement("SELECT 1, 2").one({})) == [1, 2]


@pytest.mark.usefixtures("session")
def test_no_row_is_none() -> None:
    assert SIZES.one({"digests": [b"nobody's"]}) is None
    assert SIZES.rows({"digests": [b"nobody's"]}) == []


@pytest.mark.usefixtures("session")
def test_an_array_literal_keeps_quotes_backslashes_and_nothing() -> None:
    values = ['a "b"', "c\\d", None, "", "{e,f}"]
    assert Statement("SELECT CAST(:v AS text[]) AS v").one({"v": array(values)}).v == values


@pytest.mark.usefixtures("session")
def test_the_same_statement_takes_numbers_of_all_lengths() -> None:
    same = Statement("SELECT CAST(:n AS numeric) AS n")
    for n in (1, 40_000, 3_000_000_000, 10**20):
        assert same.one({"n": n}).n == n


@pytest.mark.usefixtures("session")
def test_many_parameters_of_many_types_do_not_get_in_each_others_way() -> None:
    names = [f"p{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
    many = Statement(f"SELECT {', '.join(f'CAST(:{name} AS text) AS {name}' for name in names)}")
    for last, shown in ((1, "1"), ("one", "one"), (None, None), (True, "true"), (3_000_000_000, "3000000000")):
        row = many.one({**dict.fromkeys(names, "x"), names[-1]: last})
        assert row == ("x",) * 59 + (shown,)


@pytest.mark.committing
def test_what_it_writes_is_gone_with_the_sessions_rollback(app: Flask) -> None:
    add(b"one", 1)
    db.session.rollback()
    assert SIZES.rows({"digests": [b"one"]}) == []


@pytest.mark.committing
def test_what_it_writes_stays_with_the_sessions_commit(app: Flask) -> None:
    add(b"one", 1)
    db.session.commit()
    db.session.remove()
    assert [row.size for row in SIZES.rows({"digests": [b"one"]})] == [1]


@pytest.mark.committing
def test_a_rollback_does_not_throw_its_plan_away(app: Flask) -> None:
    connection = db.session.connection()
    for _ in range(8):  # often enough for the driver to prepare something of its own
        connection.execute(text("SELECT 1"))
        SIZES.rows({"digests": []})
        connection.connection.driver_connection.rollback()  # type: ignore[union-attr]
    assert connection.scalar(PREPARED, {"like": "SELECT size FROM file%"}) == 1


@pytest.mark.usefixtures("session")
def test_a_broken_rule_is_the_error_that_the_session_would_raise() -> None:
    add(b"one", 1)
    with pytest.raises(IntegrityError, match="uq_file_sha256"), db.session.begin_nested():
        add(b"one", 2)
    assert add(b"two", 2) == 2


@pytest.mark.usefixtures("session")
def test_what_the_server_or_the_driver_cannot_read_is_an_error_of_the_data() -> None:
    with pytest.raises(DataError), db.session.begin_nested():
        Statement("SELECT CAST(:v AS bigint) AS v").one({"v": "seven"})
    with pytest.raises(DataError), db.session.begin_nested():
        Statement("SELECT CAST(:v AS text) AS v").one({"v": "a\0b"})


@pytest.mark.committing
def test_a_first_statement_that_fails_leaves_a_transaction_to_roll_back(app: Flask) -> None:
    with pytest.raises(ProgrammingError):
        Statement("SELECT nothing FROM nowhere").rows({})
    db.session.rollback()
    with pytest.raises(IntegrityError):
        add(b"one", -1)
    db.session.rollback()
    assert add(b"one", 1) == 1


@pytest.mark.committing
def test_other_threads_go_on_while_one_waits_for_a_lock(app: Flask) -> None:
    lock = Statement("SELECT pg_advisory_xact_lock(7) IS NULL AS never")

    def wait() -> int:
        with app.app_context():
            return len(lock.rows({}))

    lock.run({})
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait)
        while not db.session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")):
            assert not waiting.done()
        db.session.commit()
        assert waiting.result(timeout=10) == 1


@pytest.mark.committing
def test_a_database_that_went_away_is_an_operational_error_and_the_next_session_connects_anew(app: Flask) -> None:
    mine = db.session.scalar(text("SELECT pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    with pytest.raises(OperationalError):
        SIZES.rows({"digests": []})
    db.session.remove()
    assert SIZES.rows({"digests": []}) == []


@pytest.mark.committing
def test_a_first_statement_to_a_database_that_went_away_is_an_operational_error_too(app: Flask) -> None:
    connection = db.session.connection()
    mine = connection.scalar(text("SELECT pg_backend_pid()"))
    connection.connection.driver_connection.rollback()  # type: ignore[union-attr]
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    with pytest.raises(OperationalError):
        SIZES.rows({"digests": []})


def _presence(agent: Agent) -> Presence:
    found = PRESENCE.find(Presence, {"agent_id": agent.id})
    assert found is not None
    return found


@pytest.mark.usefixtures("session")
def test_a_row_becomes_the_sessions_own_object() -> None:
    ada = factories.agent("Ada")
    presence.set_presence(ada, PresenceState.AVAILABLE)
    db.session.expunge_all()
    found = _presence(ada)
    assert found is db.session.get(Presence, found.id)
    assert found.state is PresenceState.AVAILABLE
    assert found not in db.session.dirty
    assert PRESENCE.find(Presence, {"agent_id": 0}) is None


@pytest.mark.usefixtures("session")
def test_an_object_shows_what_its_row_says_now_and_to_whom_it_refers_now() -> None:
    ada, lee = factories.agent("Ada"), factories.agent("Lee")
    ticket = factories.ticket(factories.queue())
    lifecycle.take(ticket, ada)
    assert ticket.assignee is ada
    db.session.execute(text("UPDATE ticket SET assignee_id = :lee, state = 'WAITING'"), {"lee": lee.id})
    again = Statement(f"SELECT {columns(Ticket)} FROM ticket WHERE id = :id").find(Ticket, {"id": ticket.id})
    assert again is ticket
    assert (ticket.state, ticket.assignee) == (TicketState.WAITING, lee)


@pytest.mark.usefixtures("session")
def test_what_is_changed_and_not_yet_written_is_written_before_it_is_read() -> None:
    ada = factories.agent("Ada")
    presence.set_presence(ada, PresenceState.AVAILABLE)
    standing = _presence(ada)
    standing.because = "a test"
    assert _presence(ada).because == "a test"
