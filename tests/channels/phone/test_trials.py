"""A test call: exactly what callers hear, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from carrier import scripts
from carrier.legs import Leg
from contact_center.agents.models import Agent
from contact_center.calls import trials
from contact_center.calls.models import Call
from contact_center.calls.trials import CallTrial
from contact_center.demo.calling.day import Day
from contact_center.extensions import Base, db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from tests import factories
from tests.channels.phone.conftest import ACCOUNT
from tests.channels.phone.test_lines import TO_AGENTS, close
from tests.channels.phone.test_selfhelp import CHOICES, GRETA, greta, line

StartDay = Callable[..., Day]
LEFT = {"call_trial", "call_reply"}  # the test call itself, and what the carrier was answered


def attempt(day: Day, agent: Agent, answers: dict[str, str], **wanted: Any) -> tuple[Leg, CallTrial]:
    """A test call of our only number, until it is over."""
    trial = start(day, agent, **wanted)
    script = scripts.caller([], answers=answers)
    leg = day.carrier.connect_client(f"agent_{agent.id}", ACCOUNT["twilio_app_sid"], {"trial": trial.nonce}, script)
    day.run(lambda: not leg.live, limit=200)
    db.session.expire_all()
    return leg, db.session.scalars(select(CallTrial)).one()


def start(day: Day, agent: Agent, **wanted: Any) -> CallTrial:
    number = db.session.scalars(select(PhoneNumber)).one()
    day.press(lambda: trials.start(number, agent, **wanted))
    return db.session.scalars(select(CallTrial)).one()


def rows() -> dict[str, int]:
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables if table.name not in LEFT
    }  # fmt: skip
    return {name: count for name, count in counted.items() if count}


def steps(trial: CallTrial) -> list[str]:
    return [one["step"] for one in trial.heard]


def test_it_hears_the_flow_to_the_queue_says_where_it_would_wait_and_leaves_nothing(
    day: StartDay, hotline: Queue
) -> None:
    line(choices=[*CHOICES, TO_AGENTS], greetings={"en": "Good day."})
    today, ada = day(), factories.ada()
    before = rows()
    leg, trial = attempt(today, ada, {"our service press 9": "9"})

    assert "Good day." in leg.heard_text()
    assert "joins the queue Hotline. You are next in line." in leg.heard_text().replace("\n", " ")
    assert (steps(trial), trial.heard[-1]["typed"]) == (["in", "menu"], "9")
    assert trial.ended_at is not None
    assert rows() == before


def test_self_service_answers_as_it_does_callers_and_a_proof_is_not_shown(day: StartDay, hotline: Queue) -> None:
    factories.order(greta(), "K7-20482-QX")
    line()
    today, ada = day(), factories.ada()
    before = rows()
    answers = {"your order press 1": "1", "of your order number": "720482#", "post code": "21142#"}
    leg, trial = attempt(today, ada, answers)

    assert "on its way" in leg.heard_text()
    assert steps(trial)[:4] == ["in", "menu", "order-number", "proof"]
    assert "21142" not in str(trial.heard) + str(trial.knows)
    assert rows() == before


def test_it_may_be_closed_and_in_chinese_and_no_message_is_recorded(day: StartDay, hotline: Queue) -> None:
    line(languages=["zh_Hans_CN"], closed={"zh_Hans_CN": "现在休息。"}, takes_voicemail=True)
    today, ada = day(), factories.ada()
    before = rows()
    leg, trial = attempt(today, ada, {}, language="zh_Hans_CN", is_open=False)

    assert "现在休息。" in leg.heard_text()
    assert steps(trial) == ["in", "voicemail-done"]
    assert (today.carrier.recordings, rows()) == ({}, before)


def test_it_is_asked_about_being_recorded_and_nothing_is(day: StartDay, hotline: Queue) -> None:
    line(choices=[TO_AGENTS], records="ASK")
    today, ada = day(), factories.ada()
    before = rows()
    leg, trial = attempt(today, ada, {"our service press 9": "9", "agree, press 1": "1"})

    assert steps(trial) == ["in", "menu", "consent"]
    assert "joins the queue Hotline" in leg.heard_text()
    assert (today.carrier.recordings, rows()) == ({}, before)


def test_a_closed_line_may_be_heard_as_if_it_were_open(day: StartDay, hotline: Queue) -> None:
    line(choices=[TO_AGENTS])
    close(hotline)
    leg, _trial = attempt(day(), factories.ada(), {"our service press 9": "9"}, is_open=True)

    assert ("closed" in leg.heard_text(), "Hotline" in leg.heard_text()) == (False, True)


def test_nobody_is_let_in_with_anothers_test_call_nor_a_second_time(day: StartDay, hotline: Queue) -> None:
    line(choices=[TO_AGENTS])
    today, ada, lee = day(), factories.ada(), factories.lee()
    _leg, trial = attempt(today, ada, {"our service press 9": "9"})
    heard = list(trial.heard)
    again = today.carrier.connect_client(
        f"agent_{ada.id}", ACCOUNT["twilio_app_sid"], {"trial": trial.nonce}, scripts.caller([])
    )
    today.run(lambda: not again.live, limit=20)
    fresh = start(today, ada)
    other = today.carrier.connect_client(
        f"agent_{lee.id}", ACCOUNT["twilio_app_sid"], {"trial": fresh.nonce}, scripts.caller([])
    )
    today.run(lambda: not other.live, limit=20)
    db.session.refresh(fresh)

    assert heard
    assert (again.heard_text(), other.heard_text(), fresh.heard) == ("", "", [])


def test_whoever_hangs_up_ends_it_and_a_real_call_goes_on_as_always(day: StartDay, hotline: Queue) -> None:
    line(choices=[TO_AGENTS])
    today, ada = day(), factories.ada()
    trial = start(today, ada)
    leg = today.carrier.connect_client(
        f"agent_{ada.id}", ACCOUNT["twilio_app_sid"], {"trial": trial.nonce}, scripts.caller([])
    )
    today.run(lambda: "our service" in leg.heard_text())
    leg.hang_up()
    customer = today.carrier.place_call(GRETA, "+4930901820", scripts.caller([], answers={"our service press 9": "9"}))
    today.run(lambda: "next in line" in customer.heard_text(), limit=60)
    db.session.expire_all()

    assert db.session.scalars(select(CallTrial)).one().ended_at is not None
    assert db.session.scalars(select(Call)).one().caller == GRETA
