"""A year of requests, each a small play: somebody writes, somebody answers, it ends or it is still open today.

Every step runs at its own instant under a standing clock, through the funnel and verbs of live work, in order of time.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.demo import letters, stories_en, stories_zh
from contact_center.demo.letters import Slots
from contact_center.demo.people import Buyer
from contact_center.demo.stories import Story
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.tickets import changes, lifecycle, replies, tasks
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import TaskState, Ticket, TicketState

YEAR = timedelta(days=365)
STORIES = {"en": stories_en.STORIES, "zh": stories_zh.STORIES}
_QUEUE_BY_KIND = {"RETURN": "parts", "REPAIR": "support", "INVOICE": "support"}

Play = Iterator[datetime]  # yields when its next step is to run


@dataclass(slots=True)
class World:
    """Who is there, and until when history is written."""

    now: datetime
    buyers: list[Buyer]
    agents: dict[str, list[int]]  # queue name -> ids of the agents who serve it
    mailboxes: dict[str, int]  # address -> id
    agenda: list[tuple[datetime, int, Play]] = field(default_factory=list)
    _count: int = 0

    def enter(self, play: Play) -> None:
        """Let *play* say when it begins."""
        self._count += 1
        first = next(play, None)
        if first is not None:
            heapq.heappush(self.agenda, (first, self._count, play))


def write(world: World, size: int, seed: int, progress: Callable[[float], None]) -> None:
    """Play *size* stories over the year before `world.now`, and a fresh handful on the last day."""
    rng = random.Random(seed)
    for number in range(size):
        world.enter(_story(world, random.Random(f"{seed}.{number}"), _a_moment(world, rng)))
    for number in range(max(8, size // 14)):
        fresh = world.now - timedelta(minutes=rng.randint(4, 60 * 60))
        world.enter(_story(world, random.Random(f"{seed}.fresh.{number}"), fresh))
    world.enter(_closing(world))
    with bus.muted():
        _run(world, progress)
        _letters_have_left()


def _run(world: World, progress: Callable[[float], None]) -> None:
    begin = world.now - YEAR
    while world.agenda and world.agenda[0][0] <= world.now:
        instant, number, play = heapq.heappop(world.agenda)
        with clock.standing_at(instant):
            following = next(play, None)
            db.session.commit()
        db.session.expire_all()
        if following is not None:
            heapq.heappush(world.agenda, (max(following, instant + timedelta(seconds=30)), number, play))
        progress((instant - begin) / YEAR)


def _a_moment(world: World, rng: random.Random) -> datetime:
    """Somewhere in the year, more of it lately, by day more than by night."""
    back = YEAR * (1 - rng.random() ** 0.7)
    return (world.now - back).replace(
        hour=rng.choice((7, 8, 9, 9, 10, 11, 13, 14, 15, 16, 18, 20)), minute=rng.randint(0, 59)
    )


def _story(world: World, rng: random.Random, start: datetime) -> Play:
    yield start
    buyer = rng.choice(world.buyers)
    plot = rng.choices(STORIES[buyer.language], [story.weight for story in STORIES[buyer.language]])[0]
    slots = letters.slots(buyer, rng, start)
    by_web = rng.random() < 0.24
    ticket_id = (_request if by_web else _mail)(world, buyer, plot, slots, rng)
    if ticket_id is None:
        return
    yield _later(start, rng, hours=(0.3, 9))
    agent = _agent(world, ticket_id, rng)
    if agent is None or (start > world.now - timedelta(days=1) and rng.random() < 0.4):
        return  # still waiting for somebody
    _prepare(ticket_id, agent, plot, slots, rng)
    yield clock.now() + timedelta(minutes=rng.randint(3, 50))
    _answer(ticket_id, agent, rng.choice(plot.answers), slots, TicketState.WAITING)
    if rng.random() < 0.18:  # never heard of again
        yield _later(clock.now(), rng, hours=(160, 240))
        _settle(ticket_id, agent)
        return
    yield _later(clock.now(), rng, hours=(1, 40))
    _reply(world, buyer, ticket_id, rng.choice(plot.replies), slots, rng)
    yield _later(clock.now(), rng, hours=(0.5, 20))
    _answer(ticket_id, agent, rng.choice(plot.closings), slots, TicketState.RESOLVED)
    if rng.random() < 0.35:
        yield _later(clock.now(), rng, hours=(2, 60))
        _reply(world, buyer, ticket_id, rng.choice(plot.thanks), slots, rng)
        yield _later(clock.now(), rng, hours=(0.2, 8))
        _settle(ticket_id, agent)


def _closing(world: World) -> Play:
    """The clock's own work, once a week."""
    at = world.now - YEAR
    while at < world.now:
        at += timedelta(days=7)
        yield min(at, world.now)
        while lifecycle.close_due(clock.now() - timedelta(days=7)):
            db.session.commit()


def _later(at: datetime, rng: random.Random, *, hours: tuple[float, float]) -> datetime:
    """Some hours on, within a working day."""
    then = at + timedelta(hours=rng.uniform(*hours))
    if then.hour < 7:
        then = then.replace(hour=7, minute=rng.randint(5, 55))
    if then.hour >= 18:
        then = (then + timedelta(days=1)).replace(hour=rng.choice((7, 8, 9)), minute=rng.randint(5, 55))
    while then.weekday() > 4:
        then += timedelta(days=1)
    return then


def _mail(world: World, buyer: Buyer, plot: Story, slots: Slots, rng: random.Random) -> int | None:
    address = _mailbox(world, buyer, plot)
    raw = letters.opening(buyer, address, rng.choice(plot.subjects), rng.choice(plot.opens), slots, rng, plot.kind)
    return _take_in(letters.as_raw(raw, world.mailboxes[address]))


def _request(_world: World, buyer: Buyer, plot: Story, slots: Slots, rng: random.Random) -> int | None:
    return _take_in(letters.request(buyer, plot.kind, rng.choice(plot.opens), slots, rng))


def _take_in(raw: RawMessage) -> int | None:
    (raw_id,) = inbox.keep([raw])
    return inbox.process(raw_id, raw).ticket_id


def _mailbox(world: World, buyer: Buyer, plot: Story) -> str:
    local = "kefu" if buyer.language == "zh" else _QUEUE_BY_KIND.get(plot.kind, "support")
    return next(address for address in world.mailboxes if address.startswith(f"{local}@"))


def _agent(world: World, ticket_id: int, rng: random.Random) -> Agent | None:
    """Whoever has the ticket, or one of those who serve its queue and read its language."""
    ticket = db.session.get_one(Ticket, ticket_id)
    if ticket.assignee_id:
        return db.session.get_one(Agent, ticket.assignee_id)
    serving = [db.session.get_one(Agent, agent_id) for agent_id in world.agents.get(ticket.queue.name, [])]
    wanted = "zh" if ticket.language == "zh" else "en"
    fluent = [agent for agent in serving if agent.language.startswith(wanted)]
    return rng.choice(fluent or serving) if serving else None


def _prepare(ticket_id: int, agent: Agent, plot: Story, slots: Slots, rng: random.Random) -> None:
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    lifecycle.take(ticket, agent)
    urgent = {"priority": "HIGH"} if plot.kind == "COMPLAINT" else {}
    changes.change(ticket, agent, ticket.version, kind=plot.kind, tags=list(plot.tags), **urgent)
    if plot.note and rng.random() < 0.6:
        replies.note(ticket, agent, slots.fill(plot.note))
    if plot.kind == "REPAIR" and rng.random() < 0.7:
        title = "上门检修" if ticket.language == "zh" else "Technician visit"
        tasks.add(ticket, agent, title, owner=agent, due_at=clock.now() + timedelta(days=rng.randint(1, 3)))


def _answer(ticket_id: int, agent: Agent, text: str, slots: Slots, then: TicketState) -> None:
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    if then is TicketState.RESOLVED:
        _tick_off(ticket, agent)
    if ticket.state is not TicketState.CLOSED:
        greeting = "" if ticket.language == "zh" else f"Hello {slots.first_name},\n\n"
        replies.reply(ticket, agent, greeting + slots.fill(text), then=then)


def _reply(world: World, buyer: Buyer, ticket_id: int, text: str, slots: Slots, rng: random.Random) -> None:
    """The customer answers our last mail, quoting it."""
    asked = select(Message).where(Message.ticket_id == ticket_id, Message.author == Author.AGENT)
    last = db.session.scalars(asked.order_by(Message.id.desc()).limit(1)).first()
    if last is not None:
        ticket = db.session.get_one(Ticket, ticket_id)
        address = next(a for a, mailbox_id in world.mailboxes.items() if mailbox_id == (ticket.place_id or mailbox_id))
        _take_in(
            letters.as_raw(
                letters.answer(buyer, address, ticket, last, slots.fill(text), rng), world.mailboxes[address]
            )
        )


def _tick_off(ticket: Ticket, agent: Agent) -> None:
    for task in tasks.of(ticket):
        if task.state is TaskState.OPEN:
            tasks.done(task, ticket, agent)


def _settle(ticket_id: int, agent: Agent) -> None:
    ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.merge(agent)
    _tick_off(ticket, agent)
    if ticket.state in (TicketState.NEW, TicketState.OPEN, TicketState.WAITING):
        lifecycle.resolve(ticket, agent)


def _letters_have_left() -> None:
    """What history's agents wrote has long been delivered; only today's letters really leave."""
    gone = update(Outgoing).where(Outgoing.state == OutgoingState.QUEUED)
    db.session.execute(
        gone.values(state=OutgoingState.SENT, attempts=1, sent_at=Outgoing.queued_at + timedelta(seconds=2))
    )
    db.session.commit()
