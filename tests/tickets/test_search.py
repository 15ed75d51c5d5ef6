"""Search: whatever an agent has in hand finds the ticket, and nothing finds what they may not see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import changes, frequencies, lists, questions, search, words
from contact_center.tickets.frequencies import Frequencies
from contact_center.tickets.lists import Filter
from contact_center.tickets.models import Ticket
from contact_center.tickets.search import Where
from tests import factories

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
WAYS = ["by the index", "by walking"]


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def queue(ada: Agent) -> Queue:
    return factories.queue("Service", ada)


@pytest.fixture(params=WAYS)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways find the same: force one and the other."""
    monkeypatch.setattr(words, "RARE", 5_000 if request.param == WAYS[0] else -1)


def arrived(queue: Queue, minute: int = 0, **fields: object) -> Ticket:
    at = NOON + timedelta(minutes=minute)
    with clock.standing_at(at):
        return factories.ticket(queue, received_at=at, **fields)


def found(agent: Agent, asked: str) -> list[int]:
    return [hit.row.id for hit in search.search(agent, asked).hits]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize(
    "asked",
    [
        "compressor",
        "COMPRESSOR",
        "compressors",
        "compr",
        "cooling compressor",
        "冰箱",
        "冰",
        "不制冷",
        "Ｆｒｉｄｇｅ",
        "cafe",
        "sn24w18",
    ],
)
def test_it_finds_words_of_messages_and_subjects(ada: Agent, queue: Queue, asked: str) -> None:
    ticket = arrived(
        queue, subject="Fridge not cooling", text="The compressor in our Café clicks, SN24W18. 冰箱不制冷。"
    )
    arrived(queue, subject="Hood too wide", text="抽油烟机")
    assert found(ada, asked) == [ticket.id]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("asked", ["compressor hood", "冰柜", "x", "press", "制箱"])
def test_it_finds_nothing_where_a_word_is_missing(ada: Agent, queue: Queue, asked: str) -> None:
    arrived(queue, text="The compressor clicks. 冰箱不制冷。")
    assert found(ada, asked) == []


@pytest.mark.usefixtures("_way")
def test_it_never_finds_what_the_reader_may_not_see(ada: Agent, queue: Queue) -> None:
    foreign = arrived(factories.queue("Accounts"), sender="bo@andersen.example", text="secret", subject="secret")
    foreign.order_number = "A-77"
    db.session.flush()
    for asked in ("secret", foreign.ref, str(foreign.id), "A-77", "bo@andersen.example"):
        assert found(ada, asked) == [], asked
        assert found(factories.nils() if asked == "secret" else ada, asked) == []
        assert search.search(ada, asked).earlier is None
    assert found(factories.root(), "secret") == [foreign.id]


@pytest.mark.usefixtures("_way")
def test_it_shows_the_newest_first(ada: Agent, queue: Queue) -> None:
    one, two, three = (arrived(queue, minute, text="fridge", subject=f"No {minute}") for minute in range(3))
    assert found(ada, "fridge") == [three.id, two.id, one.id]


@pytest.mark.usefixtures("_way")
def test_it_shows_a_ticket_once_with_its_newest_message(ada: Agent, queue: Queue) -> None:
    ticket = arrived(queue, text="The fridge is warm.")
    for minute in (1, 2):
        at = NOON + timedelta(minutes=minute)
        token = (f"token:{ticket.token}",)
        factories.filed(queue, text=f"The fridge, again ({minute}).", thread_keys=token, received_at=at)
    [hit] = search.search(ada, "fridge").hits
    assert (hit.where, hit.messages) == (Where.MESSAGE, 3)
    assert hit.said is not None
    assert str(hit.said.snippet) == "The fridge, again (2)."


def test_it_marks_what_was_asked_for(ada: Agent, queue: Queue) -> None:
    arrived(queue, subject="Fridges not cooling", text="冰箱不制冷。 My fridge is <b>warm</b>.")
    [hit] = search.search(ada, "fridge 冰箱").hits
    assert [part for part, is_hit in hit.subject.parts if is_hit] == ["Fridges"]
    assert hit.said
    assert [part for part, is_hit in hit.said.snippet.parts if is_hit] == ["冰箱", "fridge"]
    assert "<b>warm</b>" in str(hit.said.snippet), "escaping is the template's business"


def test_it_cuts_the_words_out_of_a_long_text(ada: Agent, queue: Queue) -> None:
    arrived(queue, text="blah " * 500 + "compressor " + "blah " * 500)
    [hit] = search.search(ada, "compressor").hits
    assert hit.said
    assert "compressor" in str(hit.said.snippet)
    assert str(hit.said.snippet).startswith("…")
    assert len(str(hit.said.snippet)) < 200


def test_it_finds_a_ticket_by_a_subject_that_an_agent_gave_it(ada: Agent, queue: Queue) -> None:
    ticket = arrived(queue)
    changes.change(ticket, ada, ticket.version, subject="Relay defective")
    [hit] = search.search(ada, "relay").hits
    assert (hit.row.id, hit.where, hit.said) == (ticket.id, Where.SUBJECT, None)


@pytest.mark.parametrize("written", ["{}", "CC-{}", "cc {}", "#{}"])
def test_it_puts_the_ticket_with_the_number_first(ada: Agent, queue: Queue, written: str) -> None:
    ticket = arrived(queue)
    newer = arrived(queue, 5, text=f"About {ticket.id} and CC-{ticket.id}.")
    hits = search.search(ada, written.format(ticket.id)).hits
    assert [(hit.row.id, hit.where) for hit in hits] == [(ticket.id, Where.NUMBER), (newer.id, Where.MESSAGE)]


def test_it_finds_an_order(ada: Agent, queue: Queue) -> None:
    ticket = arrived(queue)
    changes.change(ticket, ada, ticket.version, order_number="A-10482")
    mentioned = arrived(queue, 5, text="Order A-10482 is late.")
    hits = search.search(ada, "A-10482").hits
    assert [(hit.row.id, hit.where) for hit in hits] == [(ticket.id, Where.ORDER), (mentioned.id, Where.MESSAGE)]


@pytest.mark.parametrize(
    "asked", ["greta@lindqvist.example", "Greta@Lindqvist.EXAMPLE", "+46 70 555 01 84", "004670 5550184"]
)
def test_it_finds_a_customers_tickets_by_any_of_their_addresses(ada: Agent, queue: Queue, asked: str) -> None:
    factories.greta()
    one, two = arrived(queue, 1), arrived(queue, 2)
    arrived(queue, 3, sender="bo@andersen.example")
    hits = search.search(ada, asked).hits
    assert [(hit.row.id, hit.where) for hit in hits] == [(two.id, Where.ADDRESS), (one.id, Where.ADDRESS)]


def test_it_finds_who_wrote_from_an_address_that_is_no_customers_any_more(ada: Agent, queue: Queue) -> None:
    ticket = arrived(queue, sender=factories.SAM)
    db.session.execute(text("DELETE FROM contact_point"))
    assert found(ada, factories.SAM) == [ticket.id]


@pytest.mark.parametrize(
    "asked", ["", "   ", "?!", "'", "\\", "a' | 'b", ":*", "\x00", "x" * 5000, "(", "<->", "!fridge & |"]
)
def test_it_takes_whatever_is_typed(ada: Agent, queue: Queue, asked: str) -> None:
    arrived(queue)
    assert search.search(ada, asked).earlier is None


@pytest.mark.usefixtures("_way")
def test_it_turns_the_pages(ada: Agent, queue: Queue) -> None:
    tickets = [arrived(queue, minute, text="fridge", subject=f"No {minute}").id for minute in range(7)]
    met, cursor = [], None
    while True:
        page = search.search(ada, "fridge", before=cursor, limit=3)
        met += [hit.row.id for hit in page.hits]
        if (cursor := page.earlier) is None:
            break
    assert met == tickets[::-1]


def test_it_repeats_nothing_that_was_named_on_the_first_page(ada: Agent, queue: Queue) -> None:
    ticket = arrived(queue)
    for minute in range(3):
        arrived(queue, minute + 1, text=f"About {ticket.id}")
    met = [hit.row.id for hit in search.search(ada, str(ticket.id), limit=2).hits]
    page = search.search(ada, str(ticket.id), limit=2)
    while page.earlier:
        page = search.search(ada, str(ticket.id), before=page.earlier, limit=2)
        met += [hit.row.id for hit in page.hits]
    assert sorted(met) == sorted(set(met))
    assert len(met) == 4


def test_it_walks_when_the_index_hands_out_too_much(ada: Agent, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "GATHERED", 2)
    tickets = [arrived(queue, minute, text="fridge", subject=f"No {minute}").id for minute in range(4)]
    assert found(ada, "fridge") == tickets[::-1]


def test_it_says_where_a_walk_was_cut_off(ada: Agent, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "RARE", -1)
    monkeypatch.setattr(words, "WINDOWS", (1, 2))
    rare = arrived(queue, 0, text="compressor")
    for minute in range(1, 5):
        arrived(queue, minute)
    page = search.search(ada, "compressor")
    assert page.hits == []
    assert page.earlier is not None
    for _ in range(3):
        page = search.search(ada, "compressor", before=page.earlier)
        if page.hits:
            break
    assert [hit.row.id for hit in page.hits] == [rare.id]


COMMON = Frequencies(
    1_000_000,
    {"fridg": 0.5, "fritz": 0.01, "冰箱": 0.2, "冰柜": 0.1},
    0.0005,
    sorted(["fridg", "fritz", "冰箱", "冰柜"]),
)


@pytest.mark.parametrize(
    ("asked", "at_most"),
    [("fridge", 500_500), ("fri", 510_500), ("bilap", 500), ("fridge bilap", 500), ("冰箱", 200_000), ("冰", 300_500)],
)
def test_it_reckons_how_many_messages_can_have_the_words(asked: str, at_most: float) -> None:
    question = questions.read(asked, COMMON)
    assert question is not None
    assert question.at_most == pytest.approx(at_most, rel=0.01)


def test_it_spells_beginnings_out_for_the_index(ada: Agent) -> None:
    question = questions.read("fri", COMMON)
    assert question is not None
    assert ":*" in question.walked
    assert question.listed == "('fri' | 'fri' | 'fridg' | 'fritz')"
    assert db.session.scalar(text("SELECT CAST(:q AS tsquery) IS NOT NULL"), {"q": question.listed})


def test_it_reads_how_common_words_are_from_the_servers_statistics(
    ada: Agent, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minute in range(20):
        arrived(queue, minute, text="fridge" if minute % 2 else "hood", subject="")
    db.session.execute(text("ANALYZE message"))
    monkeypatch.setattr(frequencies, "_known", frequencies._Known())
    known = frequencies.known()
    assert known.total == 20
    assert known.share("fridg") == pytest.approx(0.5)
    assert known.expand("fri") == ["fridg"]
    assert known.share("nonesuch") == known.rarest


def test_it_holds_every_word_for_rare_where_nothing_was_ever_counted() -> None:
    question = questions.read("fridge", Frequencies())
    assert question is not None
    assert (question.at_most, question.share) == (0, 0)


@pytest.mark.parametrize("rare", [-1.0, 1.0])
def test_it_finds_words_in_a_list_either_way(
    ada: Agent, queue: Queue, rare: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact_center.tickets.conditions.RARE", rare)
    ticket = arrived(queue, subject="Compressor clicks")
    arrived(queue, subject="Hood too wide")
    assert [row.id for row in lists.page(ada, Filter(text="compressor")).rows] == [ticket.id]


def test_it_shows_what_is_being_typed_where_the_index_knows_no_such_word(
    ada: Agent, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "SMALL", 0)
    ticket = arrived(queue, text="The compressor clicks.")
    assert found(ada, "compr") == [ticket.id]
