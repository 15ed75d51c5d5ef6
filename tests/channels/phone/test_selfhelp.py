"""What callers find out by themselves: over the carrier's webhooks, with keys, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from carrier import scripts
from carrier.legs import Leg
from contact_center.calls import lines
from contact_center.calls.lines import CallLine
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue
from contact_center.selfservice import codes
from contact_center.selfservice.models import Deflection, DeflectionKind, SignInCode
from tests import factories
from tests.channels.phone.conftest import NUMBER

StartDay = Callable[..., Day]
GRETA = "+4915112345678"
CHOICES = [
    {"key": "1", "does": "order", "words": {"en": "your order", "zh_Hans_CN": "查询订单"}},
    {"key": "2", "does": "ticket", "words": {"en": "your requests", "zh_Hans_CN": "查询请求"}},
    {"key": "3", "does": "hours", "words": {"en": "our hours", "zh_Hans_CN": "营业时间"}},
]


def line(**fields: Any) -> None:
    """How calls to our number are received."""
    (number,) = places.numbers().values()
    db.session.add(CallLine(number_id=number.id, choices=fields.pop("choices", CHOICES), **fields))
    db.session.commit()
    lines.forget()


def greta(**fields: Any) -> Any:
    return factories.customer("Greta Gold", "greta@gold.example", phone=GRETA, postcode="211 42", **fields)


def call(day: Day, answers: dict[str, str], caller: str = GRETA) -> tuple[Leg, Call]:
    """A call that answers what it hears with keys, until it is over or in the queue."""
    before = len(db.session.scalars(select(Call.id)).all())
    leg = day.carrier.place_call(caller, NUMBER, scripts.caller([], answers=answers))
    day.run(lambda: len(db.session.scalars(select(Call.id)).all()) > before)
    day.run(lambda: _row().ended_at is not None or _row().state is CallState.QUEUED, limit=180)
    end = day.carrier.now.timestamp() + 6
    day.run(lambda: day.carrier.now.timestamp() >= end)
    return leg, _row()


def _row() -> Call:
    db.session.expire_all()
    return db.session.scalars(select(Call).order_by(Call.id.desc()).limit(1)).one()


def test_an_order_is_told_to_whoever_knows_its_post_code_and_counted_as_answered_without_an_agent(
    day: StartDay, hotline: Queue
) -> None:
    factories.order(greta(), "K7-20482-QX")
    line()
    leg, row = call(day(), {"your order press 1": "1", "of your order number": "720482#", "post code": "21142#"})

    assert "on its way" in leg.heard_text()
    assert (row.outcome, row.is_verified, row.ticket_id) == (Outcome.CONTAINED, True, None)
    assert db.session.scalars(select(Deflection.kind)).all() == [DeflectionKind.PHONE_ORDER]
    assert "21142" not in str(row.flow)


def test_an_unknown_order_and_a_wrong_post_code_sound_alike_and_three_tries_lead_to_an_agent(
    day: StartDay, hotline: Queue
) -> None:
    factories.order(greta(), "K7-20482-QX")
    line()
    today = day()
    wrong, row = call(today, {"your order press 1": "1", "of your order number": "720482#", "post code": "99999#"})
    unknown, other = call(today, {"your order press 1": "1", "of your order number": "555555#", "post code": "99999#"})

    said = [one.heard_text() for one in (wrong, unknown)]
    assert said[0].count("does not go together") == said[1].count("does not go together") == 3
    assert (row.is_verified, other.is_verified) == (False, False)
    assert row.ticket is not None


def test_five_wrong_post_codes_within_the_hour_close_the_order_even_for_the_right_one(
    day: StartDay, hotline: Queue
) -> None:
    factories.order(greta(), "K7-20482-QX")
    line()
    today = day()
    for _call in range(2):
        call(today, {"your order press 1": "1", "of your order number": "720482#", "post code": "99999#"})
    leg, row = call(today, {"your order press 1": "1", "of your order number": "720482#", "post code": "21142#"})

    assert "on its way" not in leg.heard_text()
    assert not row.is_verified


def test_a_star_sends_a_code_to_a_known_address_and_the_code_opens_the_order(day: StartDay, hotline: Queue) -> None:
    factories.order(greta(), "K7-20482-QX")
    line()
    today = day()
    leg = today.carrier.place_call(
        GRETA,
        NUMBER,
        scripts.caller([], answers={"your order press 1": "1", "of your order number": "720482#", "post code": "*#"}),
    )
    today.run(lambda: bool(db.session.scalar(select(SignInCode.id))), limit=60)
    digits = "123456"

    def write() -> None:
        row = db.session.scalars(select(SignInCode)).one()
        assert row.email == GRETA
        row.code_hash = codes._code_hash(row.browser_hash, digits)

    today.press(write)
    today.run(lambda: "six digits" in leg.heard_text(), limit=10)
    leg.press(f"{digits}#")
    today.run(lambda: _row().is_verified, limit=60)
    end = today.carrier.now.timestamp() + 8
    today.run(lambda: today.carrier.now.timestamp() >= end)

    assert "on its way" in leg.heard_text()


def test_requests_are_told_in_the_callers_language_once_they_have_proven_who_they_are(
    day: StartDay, hotline: Queue
) -> None:
    customer = greta(language="zh_Hans_CN")
    factories.ticket(hotline, factories.mail(sender="greta@gold.example", subject="Fridge hums"))
    line(languages=["zh_Hans_CN"])
    leg, row = call(day(), {"查询请求请按 2": "2", "邮编": "21142#"})

    assert "Fridge hums" in leg.heard_text()
    assert (row.customer_id, row.outcome) == (customer.id, Outcome.CONTAINED)


def test_the_hours_are_told_and_zero_is_an_agent_wherever_somebody_is(day: StartDay, hotline: Queue) -> None:
    line()
    today = day()
    leg, _row_ = call(today, {"our hours press 3": "3", "anything else": "0"})

    assert "We are" in leg.heard_text()
    assert _row_.state is CallState.QUEUED
    other, again = call(today, {"your order press 1": "1", "of your order number": "0#"})
    assert again.ticket_id is not None
    assert other.live
