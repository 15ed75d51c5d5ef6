"""Set the demo up in an empty database: the firm, its archive and its people, then a year of history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask_security.utils import hash_password
from sqlalchemy import exists, select, text

from contact_center import clock
from contact_center.agents import accounts, teams
from contact_center.agents.models import Agent, RoleName
from contact_center.demo import (
    archive,
    callers,
    canned,
    casting,
    dossiers,
    history,
    hotline,
    knowing,
    opinions,
    people,
    rung,
    service_levels,
    shifts,
    shopfront,
    skilled,
    told,
    waiting,
)
from contact_center.demo.casting import SEED, Cast
from contact_center.demo.feed import Feed
from contact_center.demo.steps import World
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.queues import settings as queues
from contact_center.queues.models import Queue

CUSTOMERS = 300
STORIES = 620
ADMINISTRATOR, SUPERVISOR = "Robin Admin", "Lee Wong"


def is_empty() -> bool:
    """Whether nobody has used this installation yet."""
    return not db.session.scalar(select(exists().where(Agent.id > 0)))


def install(progress: Callable[[float], None], *, stories: int = STORIES, customers: int = CUSTOMERS) -> None:
    """Fill an empty installation. *progress* hears shares of the year, 0 to 1."""
    cast = casting.draw(clock.now(), stories, customers)
    begin = cast.book.now - history.YEAR - timedelta(days=1)
    with bus.muted():
        _do_not_wait(is_quick=True)
        with clock.standing_at(begin):
            world = _found(cast.book.now)
            _set_up(world, cast.book.now)
            feed = archive.import_all(cast, _agent(world, ADMINISTRATOR))
            archive.rank(_agent(world, SUPERVISOR))
            knowing.open_up(_agent(world, SUPERVISOR))
            _fill(cast, world, feed)
        history.write(world, cast.plots, SEED, progress)
        _do_not_wait(is_quick=False)
        archive.conclude(cast.book.now)
        rung.write(cast.book.now, SEED, max(1, callers.WEEKS * stories // STORIES))
        with clock.standing_at(cast.book.now):
            service_levels.conclude()
            knowing.conclude(_agent(world, SUPERVISOR), cast.book.now, SEED)
        shifts.write(cast.book.now, SEED)


def _fill(cast: Cast, world: World, feed: Feed) -> None:
    """Put on the agenda what the year holds besides the requests."""
    for play in archive.plays(cast, world, feed):
        world.enter(play)
    world.enter(opinions.asking(world, clock.now(), SEED))
    world.enter(shopfront.looked_up(cast.book, world, SEED))
    world.enter(shopfront.booked(world, cast.buyers))
    world.enter(told.part_arrives(world))
    for play in waiting.plays(world, cast.buyers, SEED):
        world.enter(play)
    for each in casting.TOLD:
        told.enter(each, world, cast.orders[each.buyer.number])


def _do_not_wait(*, is_quick: bool) -> None:
    """Let commits not wait for the disk: the demo is all or nothing, and whoever is cut off starts over."""
    db.session.execute(text(f"SET synchronous_commit = {'off' if is_quick else 'on'}"))
    db.session.commit()


def _found(now: datetime) -> World:
    """The firm: people, teams, queues, mailboxes; commits."""
    colleagues = _hire()
    serving = _open_queues(colleagues)
    mailboxes = _open_mailboxes()
    canned.write()
    db.session.commit()
    places.forget()
    ids = {name: agent.id for name, agent in colleagues.items()}
    return World(now, serving, mailboxes, ids, {agent.id: agent.language for agent in colleagues.values()})


def _set_up(world: World, now: datetime) -> None:
    """What an administrator has set up in the settings; commits."""
    agent = _agent(world, ADMINISTRATOR)
    skilled.set_up(agent)
    skilled.set_rules(agent, world.mailboxes)
    service_levels.set_up(agent, now.year)
    dossiers.define_fields(agent)
    dossiers.ask_fees(agent)
    archive.set_rates(agent)
    shopfront.open_up(agent, now.date())
    hotline.open_up(agent)
    db.session.commit()


def _agent(world: World, name: str) -> Agent:
    return db.session.get_one(Agent, world.colleagues[name])


def _hire() -> dict[str, Agent]:
    password = hash_password(people.PASSWORD)
    hired = {}
    for colleague in people.COLLEAGUES:
        agent = accounts.create(colleague.email, colleague.name, colleague.role, password)
        agent.language = colleague.language
        hired[colleague.name] = agent
    db.session.flush()
    return hired


def _open_queues(colleagues: dict[str, Agent]) -> dict[str, list[int]]:
    administrator = colleagues[ADMINISTRATOR]
    team_ids = {name: teams.create(name, administrator).id for name in people.TEAMS}
    for colleague in people.COLLEAGUES:
        for team in colleague.teams:
            teams.join(team_ids[team], [colleagues[colleague.name].id], administrator)
    serving: dict[str, list[int]] = {}
    for name, team, takes_web in people.QUEUES:
        queue = queues.create(name, team_ids[team], administrator)
        serving[name] = [colleagues[c.name].id for c in people.COLLEAGUES if name in c.queues]
        queues.join(queue.id, serving[name], administrator)
        if takes_web:
            queues.take_web_requests(queue, administrator)
    return serving


def _open_mailboxes() -> dict[str, int]:
    """Mailboxes that send by the installation's relay: with ./dev, the demo's post office."""
    opened = {}
    for address, from_name, queue, language, signature in people.MAILBOXES:
        row = Mailbox(
            address=address, from_name=from_name, signature=signature, language=language,
            queue_id=db.session.scalars(select(Queue.id).where(Queue.name == queue)).one(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        opened[address] = row.id
    places.forget()
    return opened


def sign_ins() -> list[tuple[str, str, RoleName]]:
    """Name, address and role of everybody who can sign in; the password is `people.PASSWORD`."""
    return [(colleague.name, colleague.email, colleague.role) for colleague in people.COLLEAGUES]
