"""The trace of a ticket's interactions: where each was put and why, its place, each offer with who could and who not.

The desk shows it to whoever may see the ticket. Colleagues are named to who sees the queue; others learn how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """One offer, to whom, and how it was decided."""

    offer: Offer
    name: str | None
    is_mine: bool
    choice: Choice

    @property
    def seconds(self) -> int | None:
        """How long it rang."""
        return round((self.offer.ended_at - self.offer.offered_at).total_seconds()) if self.offer.ended_at else None


@dataclass(frozen=True, slots=True)
class Story:
    """One interaction: the skills asked for at first and now, for whom it is kept, its offers; and now, if it waits."""

    interaction: Interaction
    queue: str
    agent: str | None
    asked: Mapping[str, int]
    asks: Mapping[str, int]
    held_for: tuple[str, ...]
    rungs: tuple[Rung, ...]
    ahead: int | None
    now: Choice | None


def of(ticket: Ticket, viewer: Agent) -> list[Story]:
    """The stories of what came in, and of promises, the newest first. What waits costs three statements more."""
    found = _interactions(ticket)
    offers = _offers([item.id for item, _queue in found])
    standing = why.now([item.id for item, _queue in found if item.state is InteractionState.WAITING])
    names = _Names(viewer, found, offers, standing.values())
    return [_story(item, queue, offers, standing.get(item.id), names) for item, queue in found]


def _story(item: Interaction, queue: str, offers: Iterable[Offer], now: why.Now | None, names: _Names) -> Story:
    rungs = tuple(names.rung(offer, item) for offer in offers if offer.interaction_id == item.id)
    decision = now.decision.as_json() if now else None
    return Story(
        item, queue, names.person(item.agent_id, item.queue_id), names.skills(item.asked), names.skills(item.asks),
        tuple(filter(None, (names.person(one, item.queue_id) for one in item.held_for))), rungs,
        now.ahead if now else None, names.choice(decision, item.queue_id) if decision else None,
    )  # fmt: skip


def _interactions(ticket: Ticket) -> list[tuple[Interaction, str]]:
    asked = select(Interaction, Queue.name).join(Queue, Queue.id == Interaction.queue_id)
    queued = or_(Interaction.direction == Direction.IN, Interaction.kind == Kind.PROMISE)
    asked = asked.where(Interaction.ticket_id == ticket.id, queued)
    return [(item, name) for item, name in db.session.execute(asked.order_by(Interaction.id.desc()).limit(SHOWN))]


def _offers(interaction_ids: Sequence[int]) -> Sequence[Offer]:
    asked = select(Offer).where(Offer.interaction_id.in_(interaction_ids)).order_by(Offer.id)
    return db.session.scalars(asked.options(joinedload(Offer.agent).lazyload(Agent.roles))).all()


class _Names:
    """What people and skills are called, as far as the viewer may know; read once for a whole trace."""

    def __init__(
        self, viewer: Agent, items: Iterable[tuple[Interaction, str]], offers: Iterable[Offer], now: Iterable[why.Now]
    ) -> None:
        self._viewer, self._seen = viewer.id, set(queues.watched_by(viewer))
        decisions = [offer.decision for offer in offers] + [one.decision.as_json() for one in now]
        people = {agent_id for decision in decisions for agent_id in _people(decision)}
        skills: set[int] = set()
        for item, _queue in items:
            people |= {*item.held_for, *filter(None, [item.agent_id])}
            skills |= {skill for skill, _level in (*easing.parse(item.asked), *easing.parse(item.asks))}
        people |= {offer.agent_id for offer in offers}
        self._people, self._skills = rows.called(Agent, people), rows.called(Skill, skills)

    def person(self, agent_id: int | None, queue_id: int) -> str | None:
        """Their name, where the viewer sees the queue, or it is the viewer."""
        return self._people.get(agent_id or 0) if queue_id in self._seen or agent_id == self._viewer else None

    def skills(self, asks: str) -> dict[str, int]:
        return {self._skills.get(skill, "?"): level for skill, level in easing.parse(asks)}

    def rung(self, offer: Offer, item: Interaction) -> Rung:
        name = self.person(offer.agent_id, item.queue_id)
        return Rung(offer, name, offer.agent_id == self._viewer, self.choice(offer.decision, item.queue_id))

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
