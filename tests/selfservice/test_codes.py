"""Codes by mail: who gets one, how often one may ask and guess; a code works once, and only where it was asked for."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from contact_center import clock
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.selfservice import codes, tries
from contact_center.selfservice.models import SignInCode
from contact_center.selfservice.tries import TooOften
from tests import factories

NETWORK = "203.0.113.7"


@pytest.fixture
def greta(app: Flask) -> Customer:
    factories.mailbox(factories.queue())
    return factories.greta()


def asked(email: str = "greta@lindqvist.example", *, after: timedelta = timedelta()) -> str:
    """Ask for a code *after* a while, and let the job write the letter; returns the browser's secret."""
    with clock.standing_at(clock.now() + after):
        browser = codes.request(email, network=NETWORK, language="en")
        codes.write(db.session.scalars(select(SignInCode.id).order_by(SignInCode.id.desc()).limit(1)).one())
    return browser


def letters() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.ACCOUNT).order_by(Outgoing.id)))


def digits() -> str:
    """What the newest letter says."""
    found = re.search(r"\b(\d{6})\b", letters()[-1].text)
    assert found
    return found[1]


def another(code: str) -> str:
    """Six digits that are not *code*."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_letter_has_six_digits_and_the_row_only_their_hash(greta: Customer) -> None:
    asked()
    [letter] = letters()
    assert letter.recipient == "greta@lindqvist.example"
    assert digits() in letter.subject
    row = db.session.scalars(select(SignInCode)).one()
    assert digits().encode() not in (row.code_hash or b"")
    assert row.code_hash is not None


def test_right_digits_sign_in_once_and_prove_the_address(greta: Customer) -> None:
    point = greta.points[0]
    point.verified_at = None
    browser = asked()
    assert codes.check(browser, digits()).customers == (greta,)
    assert codes.choose(browser, greta.id) == (greta, "greta@lindqvist.example")
    db.session.refresh(point)
    assert point.verified_by == "code"
    assert codes.check(browser, digits()).customers == ()
    assert codes.choose(browser, greta.id) is None


def test_digits_are_good_in_no_other_browser(greta: Customer) -> None:
    asked()
    assert codes.check("another browser", digits()).customers == ()


def test_a_code_ends_after_ten_minutes(greta: Customer) -> None:
    browser = asked()
    with clock.standing_at(clock.now() + timedelta(minutes=10, seconds=1)):
        assert codes.check(browser, digits()).customers == ()


def test_the_fifth_wrong_guess_is_the_last(greta: Customer) -> None:
    browser = asked()
    left = [codes.check(browser, another(digits())).tries_left for _ in range(6)]
    assert left == [4, 3, 2, 1, 0, 0]
    assert codes.check(browser, digits()).customers == ()


def test_nobody_is_told_apart_from_an_unknown_address(greta: Customer) -> None:
    """The same statements when asking, the same tries when guessing, and no letter."""
    said: dict[str, list[str]] = {}
    for email in ("greta@lindqvist.example", "nobody@nowhere.example"):
        said[email] = []
        with listening(said[email]):
            browser = codes.request(email, network=NETWORK, language="en")
            db.session.flush()
        codes.write(db.session.scalars(select(SignInCode.id).order_by(SignInCode.id.desc()).limit(1)).one())
        assert codes.sent_to(browser) == email
        assert [codes.check(browser, "000000x").tries_left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert said["greta@lindqvist.example"] == said["nobody@nowhere.example"]
    assert [letter.recipient for letter in letters()] == ["greta@lindqvist.example"]


def listening(heard: list[str]):  # type: ignore[no-untyped-def]
    """Note every statement that is run inside the block."""
    from contextlib import contextmanager

    @contextmanager
    def block() -> Iterator[None]:
        def hear(_conn, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
            heard.append(statement)

        event.listen(db.session.connection().engine, "before_cursor_execute", hear)
        try:
            yield
        finally:
            event.remove(db.session.connection().engine, "before_cursor_execute", hear)

    return block()


def test_one_may_ask_once_a_minute_and_five_times_an_hour(greta: Customer) -> None:
    asked()
    with pytest.raises(TooOften):
        asked(after=timedelta(seconds=59))
    for minute in (1, 2, 3, 4):
        asked(after=timedelta(minutes=minute, seconds=1))
    with pytest.raises(TooOften) as refused:
        asked(after=timedelta(minutes=6))
    assert refused.value.again > clock.now() + timedelta(minutes=50)
    asked(after=timedelta(minutes=61))


def test_one_network_may_ask_for_twenty_addresses_an_hour(greta: Customer) -> None:
    for number in range(20):
        codes.request(f"{number}@many.example", network=NETWORK, language="en")
    with pytest.raises(TooOften):
        codes.request("one@more.example", network=NETWORK, language="en")
    codes.request("one@more.example", network="198.51.100.1", language="en")


def test_several_behind_one_address_choose(greta: Customer) -> None:
    bo = factories.customer("Bo Lindqvist", "greta@lindqvist.example")
    browser = asked()
    assert set(codes.check(browser, digits()).customers) == {bo, greta}
    assert {one.id for one in codes.choices(browser)} == {bo.id, greta.id}
    assert codes.choose(browser, factories.customer("Else", "else@else.example").id) is None


def test_an_address_that_was_only_typed_into_a_form_opens_nobody_we_know(greta: Customer) -> None:
    greta.points.append(
        ContactPoint(scheme="EMAIL", value="mallory@evil.example", source=PointSource.FORM, added_at=clock.now())
    )
    db.session.flush()
    asked("mallory@evil.example")
    assert letters() == []


def test_whoever_is_known_by_a_form_alone_may_sign_in(app: Flask) -> None:
    factories.mailbox(factories.queue())
    sam = factories.customer("Sam", factories.SAM)
    sam.points[0].source, sam.points[0].verified_at = PointSource.FORM, None
    browser = asked(factories.SAM)
    assert codes.check(browser, digits()).customers == (sam,)


def test_a_lost_nudge_costs_seconds_and_digits_are_forgotten_with_their_code(greta: Customer) -> None:
    codes.request("greta@lindqvist.example", network=NETWORK, language="en")
    [waiting] = codes.unwritten()
    assert codes.write(waiting)
    assert not codes.write(waiting)
    assert codes.unwritten() == []
    with clock.standing_at(clock.now() + timedelta(minutes=21)):
        codes.sweep()
    db.session.expire_all()
    assert [letter.text for letter in letters()] == [""]


@pytest.mark.committing
def test_a_thousand_guesses_at_once_are_five(app: Flask) -> None:
    factories.mailbox(factories.queue())
    factories.greta()
    browser = asked()
    right = digits()
    db.session.commit()
    guesses = iter([f"{number:06}" for number in range(1000) if f"{number:06}" != right])
    lock, accepted = threading.Lock(), []

    def guess() -> None:
        with app.app_context():
            while True:
                with lock:
                    number = next(guesses, None)
                if number is None:
                    return
                before = codes.check(browser, number)
                db.session.commit()
                if before.tries_left:
                    accepted.append(before.tries_left)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(accepted) == [1, 2, 3, 4]  # the fifth left none
    row = db.session.scalars(select(SignInCode)).one()
    assert row.tries == 5
    assert codes.check(browser, right).customers == ()


@pytest.mark.committing
def test_of_many_who_ask_at_once_for_one_address_one_gets_a_code(app: Flask) -> None:
    outcomes: list[bool] = []

    def ask() -> None:
        with app.app_context():
            try:
                codes.request("greta@lindqvist.example", network=NETWORK, language="en")
                db.session.commit()
                outcomes.append(True)
            except TooOften:
                db.session.rollback()
                outcomes.append(False)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_tries_are_forgotten_after_a_day(app: Flask) -> None:
    limit = tries.Limit("thing", "somebody", 1, timedelta(minutes=5))
    tries.take(limit)
    with clock.standing_at(clock.now() + timedelta(days=1, seconds=1)):
        tries.sweep()
    assert db.session.scalar(select(db.func.count()).select_from(tries.PortalTry)) == 0
