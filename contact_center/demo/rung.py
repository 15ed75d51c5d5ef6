"""What the demo's telephone rang with, as rows.

They are written as the calls left them, in bulk: calls by the product's own verbs would take as long as the calls.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from contact_center.calls.models import Call, CallStage, Outcome
from contact_center.demo import callers, hotline, rung_told
from contact_center.demo.callers import RINGS, WEEKS, Rung
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from contact_center.routing.models import Offer
from contact_center.tickets.messages import Handling, Interaction
from contact_center.tickets.models import Ticket

_ALONE = ((Outcome.CONTAINED, 0.09), (Outcome.HUNG_UP, 0.04), (Outcome.VOICEMAIL, 0.02))  # for each call that waits
_ACCEPTS = timedelta(seconds=3)

_Begun = tuple[str, datetime, int | None]  # a stage, when it begins, whose it is


def write(now: datetime, seed: int, weeks: int = WEEKS) -> None:
    """Write the calls up to yesterday; commits."""
    rung = list(callers.draw(now, random.Random(f"{seed}.rung"), weeks))
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
    rung_told.tell(triples)
    _write_alone(rung, queue_id, number_id, random.Random(f"{seed}.alone"))
    db.session.commit()


def _made(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert them; their numbers, in their order."""
    return list(db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _ticket(one: Rung, queue_id: int, number_id: int) -> dict[str, Any]:
    return {
        "subject": one.words, "customer_id": one.customer_id,
        "queue_id": queue_id, "number_id": number_id, "assignee_id": one.agent_id, "state": "CLOSED",
        "kind": one.about[0], "channel": "phone", "language": one.language, "token": secrets.token_hex(12),
        "portal_token": secrets.token_urlsafe(24), "opened_at": one.at, "changed_at": one.ended_at,
        "last_inbound_at": one.at, "resolved_at": one.ended_at, "closed_at": one.ended_at,
    }  # fmt: skip


def _contact(one: Rung, queue_id: int, ticket_id: int, kind: str = "CALL") -> dict[str, Any]:
    accepted = one.answered_at if one.agent_id else None
    return {
        "ticket_id": ticket_id, "customer_id": one.customer_id, "queue_id": queue_id, "agent_id": one.agent_id,
        "channel": "phone", "kind": "CALLBACK" if one.is_back else kind, "direction": "IN",
        "state": "DONE" if one.agent_id else "ABANDONED", "queued_at": one.at,
        "offered_at": accepted and accepted - _ACCEPTS, "accepted_at": accepted,
        "answered_at": accepted if one.is_reached else None, "ended_at": one.ended_at,
        "wrapped_at": one.ended_at + one.wrap if one.agent_id else None,
    }  # fmt: skip


def _calls(one: Rung, number_id: int, ticket_id: int, contact_id: int) -> Iterator[dict[str, Any]]:
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


def _ledgers(one: Rung) -> Iterator[list[dict[str, Any]]]:
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


def _handlings(one: Rung, contact_id: int) -> Iterator[dict[str, Any]]:
    if one.first_id:
        stretch = {"started_at": one.answered_at, "ended_at": one.handed_over_at}
        yield {"interaction_id": contact_id, "agent_id": one.first_id, **stretch}
    if one.agent_id:
        stretch = {"started_at": one.handed_over_at, "ended_at": one.ended_at + one.wrap}
        yield {"interaction_id": contact_id, "agent_id": one.agent_id, **stretch}


def _offers(one: Rung, contact_id: int) -> Iterator[dict[str, Any]]:
    """Where it rang: in vain at first, at times, then at the desk of whoever answered."""
    rings = timedelta(seconds=RINGS)
    if one.missed_id:
        yield _offer(contact_id, one.missed_id, "TIMED_OUT", one.at + timedelta(seconds=1), rings)
    if one.agent_id:
        yield _offer(contact_id, one.first_id or one.agent_id, "ACCEPTED", one.answered_at - _ACCEPTS, _ACCEPTS)


def _offer(contact_id: int, agent_id: int, state: str, at: datetime, rang: timedelta) -> dict[str, Any]:
    return {
        "interaction_id": contact_id, "agent_id": agent_id, "state": state, "offered_at": at,
        "expires_at": at + timedelta(seconds=RINGS), "ended_at": at + rang,
    }  # fmt: skip


def _write_alone(rung: list[Rung], queue_id: int, number_id: int, rng: random.Random) -> None:
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


def _file(spoken: list[tuple[dict[str, Any], Rung]], queue_id: int, number_id: int) -> None:
    """A ticket for each call that left a message."""
    if not spoken:
        return
    tickets = _made(Ticket, [_ticket(one, queue_id, number_id) for _call, one in spoken])
    for (call, _one), ticket in zip(spoken, tickets, strict=True):
        call["ticket_id"] = ticket
    rows = [_contact(one, queue_id, call["ticket_id"], "VOICEMAIL") for call, one in spoken]
    left = list(zip([one for _call, one in spoken], tickets, _made(Interaction, rows), strict=True))
    db.session.execute(insert(Handling), [row for one, _, contact in left for row in _handlings(one, contact)])
    rung_told.tell_messages(left)


def _message(who: Rung, at: datetime, rng: random.Random) -> Rung:
    """What somebody said after the tone, as work: settled by one of the agents within hours, without a talk."""
    waits = timedelta(minutes=rng.randint(15, 240))
    return replace(
        who, at=at, wait=waits, talk=timedelta(), first_id=None, missed_id=None, is_back=False, is_reached=False
    )  # fmt: skip


def _alone(who: Rung, at: datetime, outcome: Outcome, seconds: int, number_id: int) -> dict[str, Any]:
    ended_at = at + timedelta(seconds=seconds)
    return {
        "key": secrets.token_hex(16), "provider": "twilio", "direction": "IN", "number_id": number_id,
        "caller": who.number, "language": who.language, "customer_id": who.customer_id, "ticket_id": None,
        "state": "ENDED", "since": ended_at, "outcome": outcome, "started_at": at, "ended_at": ended_at,
    }  # fmt: skip
