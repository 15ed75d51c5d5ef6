"""A year of requests, each a small play: somebody writes, somebody answers, it ends or it is still open today.

Every step runs at its own instant under a standing clock, through the funnel and verbs of live work, in order of time.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.demo import letters, people, plots, steps
from contact_center.demo.buyers import Buyer
from contact_center.demo.plots import Plot
from contact_center.demo.sales import Book
from contact_center.demo.steps import Play, World
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.tickets import lifecycle, replies, tasks
from contact_center.tickets.models import TicketState

YEAR = timedelta(days=365)
CALM = timedelta(minutes=50)  # a well-run centre: what came in before has been answered


def draw(book: Book, buyers: list[Buyer], size: int, seed: int) -> list[Plot]:
    """*size* requests over the year before `book.now`, and a fresh handful on the last days."""
    accounts = {buyer.name: buyer for buyer in buyers if buyer.is_company}
    drawn = []
    for number in range(size + max(8, size // 14)):
        rng = random.Random(f"{seed}.{number}")
        buyer = rng.choice(buyers)
        start = _a_moment(book.now, buyer, rng) if number < size else _lately(book.now, rng)
        drawn.append(plots.draw(book, buyer, start, rng, accounts))
    return drawn


def write(world: World, drawn: list[Plot], seed: int, progress: Callable[[float], None]) -> None:
    """Play it all, with whatever else is on the agenda. Muted by the caller."""
    for number, plot in enumerate(drawn):
        world.enter(_story(world, plot, random.Random(f"{seed}.play.{number}")))
    world.enter(_closing(world))
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
            world.go_on(play, number, max(following, instant + timedelta(seconds=30)))
        progress(max(0.0, (instant - begin) / YEAR))


def _a_moment(now: datetime, buyer: Buyer, rng: random.Random) -> datetime:
    """Somewhere in the year, more of it lately, by day more than by night."""
    at = (now - YEAR * (1 - rng.random() ** 0.7)).astimezone(people.zone(buyer.language))
    at = at.replace(hour=rng.choice((7, 8, 9, 9, 10, 11, 13, 14, 15, 16, 18, 20)), minute=rng.randint(0, 59))
    return min(at.astimezone(UTC), now - timedelta(minutes=5))


def _lately(now: datetime, rng: random.Random) -> datetime:
    return now - timedelta(minutes=rng.randint(4, 60 * 60))


def _story(world: World, plot: Plot, rng: random.Random) -> Play:
    start, story, buyer = plot.start, plot.story, plot.buyer
    yield start
    ticket_id = _begin(world, plot, rng)
    if ticket_id is None:
        return
    yield _served(world, plot, start, rng, hours=(0.3, 9))
    agent = steps.whoever_serves(world, ticket_id, rng)
    if agent is None:
        return
    _prepare(ticket_id, agent, plot, rng)
    yield clock.now() + timedelta(minutes=rng.randint(3, 50))
    _answer(ticket_id, agent, rng.choice(plot.opening.answers or story.answers), plot, TicketState.WAITING)
    if rng.random() < 0.18:  # never heard of again
        yield steps.later(clock.now(), rng, buyer.language, hours=(160, 240))
        steps.settle(ticket_id, agent)
        return
    yield steps.later(clock.now(), rng, buyer.language, hours=(1, 40))
    steps.write_again(world, buyer, ticket_id, plot.slots.fill(rng.choice(plot.opening.replies or story.replies)), rng)
    yield _served(world, plot, clock.now(), rng, hours=(0.5, 20))
    if story.kind == "REPAIR":
        steps.use_visit(ticket_id, agent)
    _answer(ticket_id, agent, rng.choice(plot.opening.closings or story.closings), plot, TicketState.RESOLVED)
    if rng.random() < 0.3:
        yield steps.later(clock.now(), rng, buyer.language, hours=(2, 60))
        steps.write_again(world, buyer, ticket_id, plot.slots.fill(rng.choice(story.thanks)), rng)
        yield _served(world, plot, clock.now(), rng, hours=(0.2, 8))
        steps.settle(ticket_id, agent)


def _served(world: World, plot: Plot, since: datetime, rng: random.Random, *, hours: tuple[float, float]) -> datetime:
    """When somebody gets round to what came in at *since*; nothing of it waits longer than `CALM` today."""
    then, calm = steps.later(since, rng, plot.buyer.language, hours=hours), world.now - CALM
    return then if since >= calm or then <= calm else since + (calm - since) * rng.uniform(0.2, 0.9)


def _begin(world: World, plot: Plot, rng: random.Random) -> int | None:
    kind, text = plot.story.kind, plot.opening.text
    if plot.by_web:
        return steps.take_in(letters.request(plot.buyer, kind, text, plot.slots, rng))
    return steps.write_to_us(world, plot.buyer, kind, plot.subject, text, plot.slots, rng)


def _prepare(ticket_id: int, agent: Agent, plot: Plot, rng: random.Random) -> None:
    story = plot.story
    facts = {"kind": story.kind, "tags": list(story.tags)}
    facts |= {"priority": "HIGH"} if story.kind == "COMPLAINT" else {}
    facts |= {"order_number": plot.sale.number} if plot.sale else {}
    ticket, agent = steps.take(ticket_id, agent, **facts)
    if story.note and rng.random() < 0.6:
        replies.note(ticket, agent, plot.slots.fill(story.note))
    if story.kind == "REPAIR" and rng.random() < 0.7:
        title = "上门检修" if ticket.language == "zh" else "Technician visit"
        tasks.add(ticket, agent, title, owner=agent, due_at=clock.now() + timedelta(days=rng.randint(1, 3)))


def _answer(ticket_id: int, agent: Agent, text: str, plot: Plot, then: TicketState) -> None:
    greeting = "" if plot.buyer.is_chinese else f"Hello {plot.slots.first_name},\n\n"
    steps.answer(ticket_id, agent, greeting + plot.slots.fill(text), then)


def _closing(world: World) -> Play:
    """The clock's own work, once a week."""
    at = world.now - YEAR
    while at < world.now:
        at += timedelta(days=7)
        yield min(at, world.now)
        while lifecycle.close_due(clock.now() - timedelta(days=7)):
            db.session.commit()


def _letters_have_left() -> None:
    """What history's agents wrote has long been delivered; only today's letters really leave."""
    gone = update(Outgoing).where(Outgoing.state == OutgoingState.QUEUED)
    db.session.execute(
        gone.values(state=OutgoingState.SENT, attempts=1, sent_at=Outgoing.queued_at + timedelta(seconds=2))
    )
    db.session.commit()
