"""What the demo's telephone rang with: a year of calls, and one morning on which too few agents were there.

Rows are written as the calls left them, in bulk: calls by the product's own verbs would take as long as the calls. That
morning is yesterday's, so that there is a fallen service level to look into.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select

from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallStage, Outcome
from contact_center.customers.models import ContactPoint, Customer
from contact_center.demo import hotline, people
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from contact_center.routing.models import Offer
from contact_center.text.addresses import Scheme
from contact_center.tickets.messages import Handling, Interaction
from contact_center.tickets.models import Ticket

WEEKS = 52
A_DAY_FIRST, A_DAY = 3.0, 12.5  # calls between eight and eight: a year ago, and now
_HANDED_OVER, _MISSED, _RINGS = 0.06, 0.4, 20  # of the answered; of those who waited longer than it rings, in seconds
_ALONE = ((Outcome.CONTAINED, 0.09), (Outcome.HUNG_UP, 0.04), (Outcome.VOICEMAIL, 0.02))  # for each call that waits
_BACK, _REACHED = 0.2, 0.85  # of those who waited long and were answered; of them
_ACCEPTS = timedelta(seconds=3)
_MORNING = (time(10), time(12))  # the bad one
_MORE = 26  # callers on it
_ABOUT = (
    ("REPAIR", "Does not start", "无法启动"), ("REPAIR", "Leaks", "漏水"),
    ("DELIVERY", "Where is my delivery?", "配送到哪里了？"), ("QUESTION", "How do I set it?", "如何设置？"),
    ("INVOICE", "A question about an invoice", "关于发票的问题"), ("RETURN", "Wants to return it", "想退货"),
    ("ORDER", "Change of an order", "修改订单"),
)  # fmt: skip
_WEIGHTS = (6, 4, 6, 5, 3, 3, 3)


_Begun = tuple[str, datetime, int | None]  # a stage, when it begins, whose it is


@dataclass(frozen=True, slots=True)
class _Rung:
    """One call: who rang when, how long they waited, who answered, and for how long they talked."""

    at: datetime
    wait: timedelta
    talk: timedelta
    wrap: timedelta
    agent_id: int | None  # who answered, or had it last; None: they gave up
    first_id: int | None  # who handed it over to them
    missed_id: int | None  # at whose desk it rang in vain
    is_back: bool  # they asked to be called back
    is_reached: bool  # and answered then
    customer_id: int
    number: str
    language: str
    about: tuple[str, str, str]

    @property
    def answered_at(self) -> datetime:
        return self.at + self.wait

    @property
    def left_at(self) -> datetime:
        """When they hung up, to be called back."""
        return self.at + timedelta(seconds=35)

    @property
    def dialled_at(self) -> datetime:
        return self.answered_at - timedelta(seconds=12)

    @property
    def consulted_at(self) -> datetime:
        return self.answered_at + 0.3 * self.talk

    @property
    def handed_over_at(self) -> datetime:
        """After some talk and a word with the colleague, if it was."""
        return self.answered_at + (0.4 * self.talk if self.first_id else timedelta())

    @property
    def ended_at(self) -> datetime:
        return self.at + self.wait + (self.talk if self.agent_id else timedelta())


def write(now: datetime, seed: int, weeks: int = WEEKS) -> None:
    """Write the calls up to yesterday; commits."""
    rung = list(_draw(now, random.Random(f"{seed}.rung"), weeks))
    if not rung:
        return
    queue_id = db.session.scalars(select(Queue.id).where(Queue.name == hotline.QUEUE)).one()
    number_id = db.session.scalars(select(PhoneNumber.id).where(PhoneNumber.address == hotline.NUMBER)).one()
    tickets = _made(Ticket, [_ticket(one, queue_id, number_id) for one in rung])
    contacts = _made(Interaction, [_contact(one, queue_id, ticket) for one, ticket in zip(rung, tickets, strict=True)])
    triples = list(zip(rung, tickets, contacts, strict=True))
    rows = [row for one, ticket, contact in triples for row in _calls(one, number_id, ticket, contact)]
    calls = _made(Call, rows)
    ledgers = [ledger for one in rung for ledger in _ledgers(one)]
    stages = [{**stage, "call_id": call} for call, ledger in zip(calls, ledgers, strict=True) for stage in ledger]
    db.session.execute(insert(CallStage), stages)
    db.session.execute(insert(Handling), [row for one, _, contact in triples for row in _handlings(one, contact)])
    db.session.execute(insert(Offer), [row for one, _, contact in triples for row in _offers(one, contact)])
    _write_alone(rung, queue_id, number_id, random.Random(f"{seed}.alone"))
    db.session.commit()


def _draw(now: datetime, rng: random.Random, weeks: int) -> Iterator[_Rung]:
    callers = [tuple(row) for row in db.session.execute(
        select(ContactPoint.customer_id, ContactPoint.value, Customer.language)
        .join(Customer, Customer.id == ContactPoint.customer_id)
        .where(ContactPoint.scheme == Scheme.PHONE).order_by(ContactPoint.id)
    )]  # fmt: skip
    agents = list(db.session.scalars(select(Agent.id).where(Agent.name.in_(hotline.SERVING)).order_by(Agent.id)))
    zone = people.zone("en")
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    for back in range(7 * weeks if callers else 0, -1, -1):
        day = yesterday - timedelta(days=back)
        for at, is_bad in _times(back, rng):
            local = datetime.combine(day, time(), zone) + at
            yield _one(local.astimezone(UTC), rng.choice(callers), rng.sample(agents, 3), rng, is_bad=is_bad)


def usual(back: int) -> float:
    """Calls on an ordinary day, *back* days before yesterday: a little more from week to week.

    Of late they are enough for `reports.unusual` to compare a day with those before.
    """
    return A_DAY * (A_DAY_FIRST / A_DAY) ** (back / (7 * WEEKS))


def _times(back: int, rng: random.Random) -> Iterator[tuple[timedelta, bool]]:
    """When somebody rings, after midnight, and whether on the bad morning; *back* counts days from yesterday."""
    is_last = back == 0
    count = round(usual(back)) + rng.randint(-1, 1)
    first, last = (timedelta(hours=at.hour) for at in _MORNING)
    for _ in range(count):
        at = timedelta(hours=8) + timedelta(hours=12) * rng.random()
        yield at, is_last and first <= at < last
    for _ in range(_MORE if is_last else 0):
        yield first + (last - first) * rng.random(), True


def _one(at: datetime, caller: tuple[Any, ...], agents: list[int], rng: random.Random, *, is_bad: bool) -> _Rung:
    slow = rng.random() < (0.9 if is_bad else 0.1)
    wait = rng.randint(45, 240) if is_bad and slow else rng.randint(22, 60) if slow else rng.randint(4, 18)
    gave_up = slow and rng.random() < (0.35 if is_bad else 0.2)
    customer_id, number, language = caller
    about = rng.choices(_ABOUT, _WEIGHTS)[0]
    agent_id, first_id, missed_id = agents
    is_handed_over = not gave_up and rng.random() < _HANDED_OVER
    is_missed = not gave_up and wait > _RINGS + 5 and rng.random() < _MISSED
    is_back = slow and not gave_up and not is_handed_over and rng.random() < _BACK
    is_reached = not is_back or rng.random() < _REACHED
    wait += rng.randint(120, 480) if is_back else 0
    return _Rung(
        at, timedelta(seconds=wait), timedelta(seconds=rng.randint(70, 420) if is_reached else 0),
        timedelta(seconds=rng.randint(10, 90)),
        None if gave_up else agent_id, first_id if is_handed_over else None, missed_id if is_missed else None,
        is_back, is_reached, customer_id, number, language or "en", about,
    )  # fmt: skip


def _made(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert them; their numbers, in their order."""
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _ticket(one: _Rung, queue_id: int, number_id: int) -> dict[str, Any]:
    kind, english, chinese = one.about
    return {
        "subject": chinese if one.language.startswith("zh") else english, "customer_id": one.customer_id,
        "queue_id": queue_id, "number_id": number_id, "assignee_id": one.agent_id, "state": "CLOSED", "kind": kind,
        "channel": "phone", "language": one.language, "token": secrets.token_hex(12),
        "portal_token": secrets.token_urlsafe(24), "opened_at": one.at, "changed_at": one.ended_at,
        "last_inbound_at": one.at, "resolved_at": one.ended_at, "closed_at": one.ended_at,
    }  # fmt: skip


def _contact(one: _Rung, queue_id: int, ticket_id: int, kind: str = "CALL") -> dict[str, Any]:
    accepted = one.answered_at if one.agent_id else None
    return {
        "ticket_id": ticket_id, "customer_id": one.customer_id, "queue_id": queue_id, "agent_id": one.agent_id,
        "channel": "phone", "kind": "CALLBACK" if one.is_back else kind, "direction": "IN",
        "state": "DONE" if one.agent_id else "ABANDONED", "queued_at": one.at,
        "offered_at": accepted and accepted - _ACCEPTS, "accepted_at": accepted,
        "answered_at": accepted if one.is_reached else None, "ended_at": one.ended_at,
        "wrapped_at": one.ended_at + one.wrap if one.agent_id else None,
    }  # fmt: skip


def _calls(one: _Rung, number_id: int, ticket_id: int, contact_id: int) -> Iterator[dict[str, Any]]:
    """The call, and the one back if that was asked for."""
    came = {
        "provider": "twilio", "direction": "IN", "number_id": number_id, "caller": one.number,
        "language": one.language, "customer_id": one.customer_id, "ticket_id": ticket_id,
        "interaction_id": contact_id, "started_at": one.at - timedelta(seconds=11), "queued_at": one.at,
        "agent_id": None, "answered_at": None,
    }  # fmt: skip
    talked = {"agent_id": one.agent_id, "answered_at": one.answered_at}
    if one.is_back:
        yield came | _over("ENDED", Outcome.CALLBACK, one.left_at)
        came |= {"direction": "OUT", "started_at": one.dialled_at, "queued_at": None}
    if not one.agent_id:
        yield came | _over("ABANDONED", Outcome.ABANDONED, one.ended_at)
    elif one.is_reached:
        yield came | talked | _over("ENDED", Outcome.HANDLED, one.ended_at)
    else:
        yield came | {"agent_id": one.agent_id} | _over("ENDED", Outcome.UNREACHED, one.ended_at)


def _over(state: str, outcome: Outcome, at: datetime) -> dict[str, Any]:
    return {"key": secrets.token_hex(16), "state": state, "outcome": outcome, "since": at, "ended_at": at}


def _ledgers(one: _Rung) -> Iterator[list[dict[str, Any]]]:
    """The stages of each of its calls."""
    begins: list[_Begun] = [("MENU", one.at - timedelta(seconds=11), None), ("QUEUED", one.at, None)]
    if one.is_back:
        yield _stages(begins, one.left_at)
        begins = [("DIALLING", one.dialled_at, one.agent_id)]
    if one.first_id:
        begins += [("TALKING", one.answered_at, one.first_id), ("CONSULTING", one.consulted_at, one.first_id)]
    if one.agent_id and one.is_reached:
        begins += [("TALKING", one.handed_over_at, one.agent_id)]
    yield _stages(begins, one.ended_at)


def _stages(begins: list[_Begun], ended_at: datetime) -> list[dict[str, Any]]:
    """Together they are as long as the call."""
    ends = [at for _, at, _ in begins[1:]] + [ended_at]
    return [
        {"state": state, "agent_id": agent_id, "started_at": begin, "ended_at": end}
        for (state, begin, agent_id), end in zip(begins, ends, strict=True)
    ]


def _handlings(one: _Rung, contact_id: int) -> Iterator[dict[str, Any]]:
    if one.first_id:
        stretch = {"started_at": one.answered_at, "ended_at": one.handed_over_at}
        yield {"interaction_id": contact_id, "agent_id": one.first_id, **stretch}
    if one.agent_id:
        stretch = {"started_at": one.handed_over_at, "ended_at": one.ended_at + one.wrap}
        yield {"interaction_id": contact_id, "agent_id": one.agent_id, **stretch}


def _offers(one: _Rung, contact_id: int) -> Iterator[dict[str, Any]]:
    """Where it rang: in vain at first, at times, then at the desk of whoever answered."""
    rings = timedelta(seconds=_RINGS)
    if one.missed_id:
        yield _offer(contact_id, one.missed_id, "TIMED_OUT", one.at + timedelta(seconds=1), rings)
    if one.agent_id:
        yield _offer(contact_id, one.first_id or one.agent_id, "ACCEPTED", one.answered_at - _ACCEPTS, _ACCEPTS)


def _offer(contact_id: int, agent_id: int, state: str, at: datetime, rang: timedelta) -> dict[str, Any]:
    return {
        "interaction_id": contact_id, "agent_id": agent_id, "state": state, "offered_at": at,
        "expires_at": at + timedelta(seconds=_RINGS), "ended_at": at + rang,
    }  # fmt: skip


def _write_alone(rung: list[_Rung], queue_id: int, number_id: int, rng: random.Random) -> None:
    """Calls that came to nobody: the menu had the answer, they hung up in it, or left a message."""
    served = [one for one in rung if one.agent_id]
    drawn = [(rng.choice(served), one.at + timedelta(minutes=rng.randint(-20, 20)), outcome, rng.randint(20, 90))
             for one in rung for outcome, share in _ALONE if rng.random() < share]  # fmt: skip
    rows = [_alone(who, at, outcome, seconds, number_id) for who, at, outcome, seconds in drawn]
    spoken = [(row, _message(who, at, rng)) for row, (who, at, outcome, _seconds) in zip(rows, drawn, strict=True)
              if outcome is Outcome.VOICEMAIL]  # fmt: skip
    _file(spoken, queue_id, number_id)
    calls = _made(Call, rows)
    stages = []
    for call_id, (_who, at, outcome, seconds) in zip(calls, drawn, strict=True):
        chosen, ended = at + timedelta(seconds=11), at + timedelta(seconds=seconds)
        state = {Outcome.CONTAINED: "SELF_SERVICE", Outcome.VOICEMAIL: "VOICEMAIL"}.get(outcome, "MENU")
        stages += [
            {"call_id": call_id, "state": "MENU", "started_at": at, "ended_at": chosen},
            {"call_id": call_id, "state": state, "started_at": chosen, "ended_at": ended},
        ]
    if stages:
        db.session.execute(insert(CallStage), stages)


def _file(spoken: list[tuple[dict[str, Any], _Rung]], queue_id: int, number_id: int) -> None:
    """A ticket for each call that left a message."""
    if not spoken:
        return
    tickets = _made(Ticket, [_ticket(one, queue_id, number_id) for _call, one in spoken])
    for (call, _one), ticket in zip(spoken, tickets, strict=True):
        call["ticket_id"] = ticket
    rows = [_contact(one, queue_id, call["ticket_id"], "VOICEMAIL") for call, one in spoken]
    contacts = zip(spoken, _made(Interaction, rows), strict=True)
    db.session.execute(
        insert(Handling), [row for (_call, one), contact in contacts for row in _handlings(one, contact)]
    )


def _message(who: _Rung, at: datetime, rng: random.Random) -> _Rung:
    """What somebody said after the tone, as work: settled by one of the agents within hours, without a talk."""
    waits = timedelta(minutes=rng.randint(15, 240))
    return replace(
        who, at=at, wait=waits, talk=timedelta(), first_id=None, missed_id=None, is_back=False, is_reached=False
    )  # fmt: skip


def _alone(who: _Rung, at: datetime, outcome: Outcome, seconds: int, number_id: int) -> dict[str, Any]:
    ended_at = at + timedelta(seconds=seconds)
    return {
        "key": secrets.token_hex(16), "provider": "twilio", "direction": "IN", "number_id": number_id,
        "caller": who.number, "language": who.language, "customer_id": who.customer_id, "ticket_id": None,
        "state": "ENDED", "since": ended_at, "outcome": outcome, "started_at": at, "ended_at": ended_at,
    }  # fmt: skip
