"""The trace of a ticket's interactions: where each was put and why, its place, each offer with who could and who not.

The desk shows it to whoever may see the ticket. Colleagues are named to who sees the queue; others learn how many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.live import queues
from contact_center.queues import easing
from contact_center.queues.models import Queue, Skill
from contact_center.routing import why
from contact_center.routing.models import Offer
from contact_center.routing.policy import Out
from contact_center.statement import Statement
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Ticket

SHOWN = 10  # of one ticket, the newest


@dataclass(frozen=True, slots=True)
class Chance:
    """Somebody who could take it: best first. `name` is None of whom the viewer may not know."""

    name: str | None
    is_me: bool
    level: int
    load: int
    free_since: datetime | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some could not: their names as far as the viewer may know them, and how many they are in all."""

    why: Out
    names: tuple[str, ...]
    number: int
    is_me: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Who could take it and who not: at an offer, or now. `could` counts those that are not listed as well."""

    chances: tuple[Chance, ...]
    could: int
    reasons: tuple[Reason, ...]

    @property
    def against_me(self) -> Out | None:
        """Why not the viewer; None: they could, or do not serve the queue."""
        return next((reason.why for reason in self.reasons if reason.is_me), None)

    @property
    def my_place(self) -> int | None:
        return next((place for place, chance in enumerate(self.chances, 1) if chance.is_me), None)


@dataclass(frozen=True, slots=True)
class Rung:
    """One offer, to whom, how it was decided, and the skills that were asked for by then."""

    offer: Offer
    name: str | None
    is_mine: bool
    choice: Choice
    asks: Mapping[str, int]

    @property
    def at(self) -> datetime:
        return self.offer.offered_at

    @property
    def seconds(self) -> int | None:
        """How long it rang."""
        return round((self.offer.ended_at - self.offer.offered_at).total_seconds()) if self.offer.ended_at else None


@dataclass(frozen=True, slots=True)
class Comeback:
    """Whoever had it was gone, and it waited again."""

    name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One interaction: the skills asked for at first and now, for whom it is kept, what became of it in the course of
    time; and how it stands now, if it waits."""

    interaction: Interaction
    queue: str
    agent: str | None
    asked: Mapping[str, int]
    asks: Mapping[str, int]
    held_for: tuple[str, ...]
    course: tuple[Rung | Comeback, ...]
    ahead: int | None
    now: Choice | None


def of(ticket: Ticket, viewer: Agent) -> list[Story]:
    """The stories of what came in, and of promises, the newest first. What waits costs three statements more."""
    found = _interactions(ticket)
    ids = [item.id for item, _queue in found]
    offers, comebacks = _offers(ids), _COMEBACKS.rows({"ids": ids, "ticket_id": ticket.id})
    standing = why.now([item.id for item, _queue in found if item.state is InteractionState.WAITING])
    names = _Names(viewer, found, offers, standing.values(), {row.agent_id for row in comebacks})
    return [_story(item, queue, [*offers, *comebacks], standing.get(item.id), names) for item, queue in found]


def _story(item: Interaction, queue: str, happened: Iterable[Any], now: why.Now | None, names: _Names) -> Story:
    course = (names.told(one, item) for one in happened if one.interaction_id == item.id)
    decision = now.decision.as_json() if now else None
    return Story(
        item, queue, names.person(item.agent_id, item.queue_id), names.skills(item.asked), names.skills(item.asks),
        tuple(filter(None, (names.person(one, item.queue_id) for one in item.held_for))),
        tuple(sorted(course, key=lambda one: one.at)), now.ahead if now else None,
        names.choice(decision, item.queue_id) if decision else None,
    )  # fmt: skip


def _interactions(ticket: Ticket) -> list[tuple[Interaction, str]]:
    asked = select(Interaction, Queue.name).join(Queue, Queue.id == Interaction.queue_id)
    queued = or_(Interaction.direction == Direction.IN, Interaction.kind == Kind.PROMISE)
    asked = asked.where(Interaction.ticket_id == ticket.id, queued)
    return [(item, name) for item, name in db.session.execute(asked.order_by(Interaction.id.desc()).limit(SHOWN))]


def _offers(interaction_ids: Sequence[int]) -> Sequence[Offer]:
    asked = select(Offer).where(Offer.interaction_id.in_(interaction_ids)).order_by(Offer.id)
    return db.session.scalars(asked.options(joinedload(Offer.agent).lazyload(Agent.roles))).all()


# Stretches of work that ended as the ticket was given back because whoever had it was gone.
_COMEBACKS = Statement("""
    SELECT h.interaction_id, h.agent_id, h.ended_at FROM handling h
    WHERE h.interaction_id = ANY(:ids) AND EXISTS (
        SELECT FROM event e WHERE e.ticket_id = :ticket_id AND e.name = 'interaction.recovered'
        AND e.at BETWEEN h.ended_at - interval '5 seconds' AND h.ended_at + interval '5 seconds'
    )
""")


class _Names:
    """What people and skills are called, as far as the viewer may know; read once for a whole trace."""

    def __init__(
        self,
        viewer: Agent,
        items: Iterable[tuple[Interaction, str]],
        offers: Iterable[Offer],
        now: Iterable[why.Now],
        more: Collection[int],
    ) -> None:
        self._viewer, self._seen = viewer.id, set(queues.watched_by(viewer))
        decisions = [offer.decision for offer in offers] + [one.decision.as_json() for one in now]
        people = {agent_id for decision in decisions for agent_id in _people(decision)}
        skills: set[int] = set()
        for item, _queue in items:
            people |= {*item.held_for, *filter(None, [item.agent_id])}
            skills |= {skill for skill, _level in (*easing.parse(item.asked), *easing.parse(item.asks))}
        people |= {offer.agent_id for offer in offers} | set(more)
        self._people, self._skills = rows.called(Agent, people), rows.called(Skill, skills)

    def person(self, agent_id: int | None, queue_id: int) -> str | None:
        """Their name, where the viewer sees the queue, or it is the viewer."""
        return self._people.get(agent_id or 0) if queue_id in self._seen or agent_id == self._viewer else None

    def skills(self, asks: str) -> dict[str, int]:
        return {self._skills.get(skill, "?"): level for skill, level in easing.parse(asks)}

    def told(self, one: Any, item: Interaction) -> Rung | Comeback:
        """An offer, or a row of `_COMEBACKS`."""
        name = self.person(one.agent_id, item.queue_id)
        if not isinstance(one, Offer):
            return Comeback(name, one.ended_at)
        choice, asks = self.choice(one.decision, item.queue_id), self.skills(one.decision.get("asks") or "")
        return Rung(one, name, one.agent_id == self._viewer, choice, asks)

    def choice(self, decision: Mapping[str, Any], queue_id: int) -> Choice:
        ranked = decision.get("ranked", [])
        chances = tuple(self._chance(one, queue_id) for one in ranked)
        out = decision.get("out", {})
        reasons = tuple(self._reason(Out(word), ids, queue_id) for word, ids in out.items() if ids)
        return Choice(chances, decision.get("could", len(ranked)), reasons)

    def _chance(self, ranked: Sequence[Any], queue_id: int) -> Chance:
        agent_id, level, load, since = ranked
        free = datetime.fromtimestamp(since, UTC) if since else None
        return Chance(self.person(agent_id, queue_id), agent_id == self._viewer, level, load, free)

    def _reason(self, out: Out, ids: Sequence[int], queue_id: int) -> Reason:
        names = sorted(filter(None, (self.person(one, queue_id) for one in ids)))
        return Reason(out, tuple(names), len(ids), self._viewer in ids)


def _people(decision: Mapping[str, Any]) -> Iterable[int]:
    yield from (one[0] for one in decision.get("ranked", []))
    for ids in decision.get("out", {}).values():
        yield from ids
