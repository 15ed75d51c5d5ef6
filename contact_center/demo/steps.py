"""What happens in a play of the demo: somebody writes, an agent takes it, answers, settles; by the verbs of live work.

Called by `history` and `told`; each step runs under the clock of its own instant.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.demo import letters, people
from contact_center.demo.buyers import Buyer
from contact_center.demo.letters import Slots
from contact_center.entitlements import checks, contracts
from contact_center.entitlements.models import Cover
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.satisfaction import recoveries
from contact_center.tickets import changes, lifecycle, replies, tasks
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import TaskState, Ticket, TicketState

_QUEUE_BY_KIND = {"RETURN": "parts", "REPAIR": "support", "INVOICE": "support"}

Play = Iterator[datetime]  # yields when its next step is to run


@dataclass(slots=True)
class World:
    """Who is there, and until when history is written."""

    now: datetime
    agents: dict[str, list[int]]  # queue name -> ids of the agents who serve it
    mailboxes: dict[str, int]  # address -> id
    colleagues: dict[str, int]  # name -> id
    languages: dict[int, str]  # id of an agent -> what they read
    agenda: list[tuple[datetime, int, Play]] = field(default_factory=list)
    _count: int = 0

    def enter(self, play: Play) -> None:
        """Let *play* say when it begins."""
        self._count += 1
        first = next(play, None)
        if first is not None:
            heapq.heappush(self.agenda, (first, self._count, play))

    def go_on(self, play: Play, number: int, at: datetime) -> None:
        """Let *play* have its next turn at *at*."""
        heapq.heappush(self.agenda, (at, number, play))


def later(at: datetime, rng: random.Random, language: str, *, hours: tuple[float, float]) -> datetime:
    """Some hours on, within a working day of those who read *language*."""
    then = (at + timedelta(hours=rng.uniform(*hours))).astimezone(people.zone(language))
    if then.hour < 8:
        then = then.replace(hour=8, minute=rng.randint(5, 55))
    if then.hour >= 18:
        then = (then + timedelta(days=1)).replace(hour=rng.choice((8, 9, 10)), minute=rng.randint(5, 55))
    while then.weekday() > 4:
        then += timedelta(days=1)
    return then.astimezone(UTC)


def write_to_us(
    world: World, buyer: Buyer, kind: str, subject: str, text: str, slots: Slots, rng: random.Random
) -> int | None:
    """A mail from *buyer* comes in; returns its ticket."""
    address = address_for(buyer, kind)
    raw = letters.opening(buyer, address, subject, text, slots, rng, kind)
    return take_in(letters.as_raw(raw, world.mailboxes[address]))


def address_for(buyer: Buyer, kind: str) -> str:
    """The mailbox that somebody writes to about such a thing."""
    return f"{'kefu' if buyer.is_chinese else _QUEUE_BY_KIND.get(kind, 'support')}@{people.DOMAIN}"


def take_in(raw: RawMessage) -> int | None:
    """What comes in, kept and filed as the mail room does."""
    (raw_id,) = inbox.keep([raw])
    return inbox.process(raw_id, raw).ticket_id


def whoever_serves(world: World, ticket_id: int, rng: random.Random) -> Agent | None:
    """Whoever has the ticket, or one of those who serve its queue and read its language."""
    ticket = db.session.get_one(Ticket, ticket_id)
    if ticket.assignee_id:
        return db.session.get_one(Agent, ticket.assignee_id)
    serving = world.agents.get(ticket.queue.name, [])
    wanted = "zh" if ticket.language == "zh" else "en"
    fluent = [agent_id for agent_id in serving if world.languages[agent_id].startswith(wanted)]
    return db.session.get_one(Agent, rng.choice(fluent or serving)) if serving else None


def take(ticket_id: int, agent: Agent, **facts: Any) -> tuple[Ticket, Agent]:
    """The agent takes the ticket and says what it is about."""
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    lifecycle.take(ticket, agent)
    changes.change(ticket, agent, ticket.version, **facts)
    return ticket, agent


def answer(ticket_id: int, agent: Agent, text: str, then: TicketState) -> None:
    """The agent answers; with RESOLVED the matter is done, and so are its tasks."""
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    if then is TicketState.RESOLVED:
        _tick_off(ticket, agent)
    if ticket.state is not TicketState.CLOSED:
        replies.reply(ticket, agent, text, then=then)


def write_again(world: World, buyer: Buyer, ticket_id: int, text: str, rng: random.Random) -> None:
    """The customer answers our last mail, quoting it."""
    asked = select(Message).where(Message.ticket_id == ticket_id, Message.author == Author.AGENT)
    last = db.session.scalars(asked.order_by(Message.id.desc()).limit(1)).first()
    if last is not None:
        ticket = db.session.get_one(Ticket, ticket_id)
        address = next(a for a, mailbox_id in world.mailboxes.items() if mailbox_id == (ticket.place_id or mailbox_id))
        mail = letters.answer(buyer, address, ticket, last, text, rng)
        take_in(letters.as_raw(mail, world.mailboxes[address]))


def settle(ticket_id: int, agent: Agent) -> None:
    """The matter is done."""
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    _tick_off(ticket, agent)
    if ticket.state in (TicketState.NEW, TicketState.OPEN, TicketState.WAITING):
        lifecycle.resolve(ticket, agent)


def use_visit(ticket_id: int, agent: Agent) -> None:
    """A technician was there: where a contract covers it, one of its visits is used up."""
    check = checks.of(ticket_id)
    if check is None or check.cover is not Cover.CONTRACT or check.contract_id is None:
        return
    try:
        contracts.use_visit(check.contract_id, db.session.merge(agent))
    except IllegalMove:  # it ended meanwhile, or somebody else had the last one
        return


def _tick_off(ticket: Ticket, agent: Agent) -> None:
    """What is left to do is done, but for recoveries: how these ended is said elsewhere."""
    for task in tasks.of(ticket):
        if task.state is TaskState.OPEN and task.owner_id is not None and recoveries.of_task(task.id) is None:
            tasks.done(task, ticket, agent)
