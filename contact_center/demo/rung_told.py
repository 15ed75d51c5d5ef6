"""What the desk tells of the demo's calls: what the caller wanted, who was asked, who answered, how it ended.

`rung` calls it with the rows' numbers; in bulk, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.demo import hotline
from contact_center.demo.callers import RINGS, Rung
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import tokens
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Message

Filed = tuple[Rung, int, int]  # a call, its ticket and its interaction
_Told = tuple[Name, datetime, Agent | None, dict[str, Any]]  # what happened, when, who did it


@dataclass(frozen=True, slots=True)
class _About:
    """What an event speaks of."""

    ticket_id: int
    customer_id: int
    id: int
    __tablename__ = "interaction"


def tell(filed: list[Filed]) -> None:
    """Tell of calls that waited for somebody."""
    people = {agent.id: agent for agent in db.session.scalars(select(Agent))}
    db.session.execute(insert(Message), [_message(*one, Kind.CALL) for one in filed])
    for one, ticket_id, interaction_id in filed:
        about = _About(ticket_id, one.customer_id, interaction_id)
        for name, at, agent, data in _happened(one, people):
            with clock.standing_at(at):
                log.record_all([(name, about, data)], agent, quietly=True)


def tell_messages(filed: list[Filed]) -> None:
    """Tell of what was said after the tone."""
    db.session.execute(insert(Message), [_message(*one, Kind.VOICEMAIL) for one in filed])


def _message(one: Rung, ticket_id: int, interaction_id: int, kind: Kind) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id, "interaction_id": interaction_id, "customer_id": one.customer_id,
        "author": Author.CUSTOMER, "channel": "phone", "kind": kind, "external_id": f"demo-{kind}:{interaction_id}",
        "sender": one.number, "recipients": [hotline.NUMBER], "subject": one.words, "text": one.words,
        "language": one.language, "because": {"rule": "new"}, "at": one.at,
        "search": tokens.vector(one.words, one.number),
    }  # fmt: skip


def _happened(one: Rung, people: dict[int, Agent]) -> Iterator[_Told]:
    """In its order."""
    if one.missed_id:
        rang_out = one.at + timedelta(seconds=1 + RINGS)
        yield Name.OFFER_TIMED_OUT, rang_out, None, {"person": people[one.missed_id].name}
    if one.is_back:
        yield Name.CALL_BACK_ASKED, one.left_at, None, {"number": one.number}
    if one.agent_id is None:
        yield Name.CALL_ABANDONED, one.ended_at, None, {"waited": round(one.wait.total_seconds())}
        return
    first = people[one.first_id or one.agent_id]
    yield Name.OFFER_ACCEPTED, one.dialled_at if one.is_back else one.answered_at, first, {"person": first.name}
    if not one.is_reached:
        yield Name.CALL_UNREACHED, one.ended_at, first, {"cause": "no_answer", "number": one.number}
        return
    yield Name.CALL_ANSWERED, one.answered_at, first, {}
    if one.first_id:
        yield Name.CALL_TRANSFERRED, one.handed_over_at, first, {"to": people[one.agent_id].name}
    yield Name.CALL_ENDED, one.ended_at, None, {"outcome": "HANDLED", "talked": round(one.talk.total_seconds())}
