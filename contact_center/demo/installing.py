"""Set the demo up in an empty database: the firm, its people and customers, then a year of history."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from flask_security.utils import hash_password
from sqlalchemy import exists, select

from contact_center import clock
from contact_center.agents import accounts, teams
from contact_center.agents.models import Agent, RoleName
from contact_center.customers import records
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus, PointSource
from contact_center.demo import canned, history, people
from contact_center.demo.people import Buyer
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.queues import settings as queues
from contact_center.queues.models import Queue
from contact_center.text.addresses import Address, Scheme

SEED = 42
CUSTOMERS = 300
STORIES = 620


def is_empty() -> bool:
    """Whether nobody has used this installation yet."""
    return not db.session.scalar(select(exists().where(Agent.id > 0)))


def install(progress: Callable[[float], None], *, stories: int = STORIES, customers: int = CUSTOMERS) -> None:
    """Fill an empty installation. *progress* hears shares of the year, 0 to 1."""
    now, rng = clock.now(), random.Random(SEED)
    with bus.muted(), clock.standing_at(now - history.YEAR - timedelta(days=1)):
        colleagues = _hire()
        agents = _open_queues(colleagues)
        mailboxes = _open_mailboxes()
        buyers = people.buyers(customers, rng)
        _know(buyers, colleagues, rng)
        canned.write()
        db.session.commit()
    places.forget()
    history.write(history.World(now, buyers, agents, mailboxes), stories, SEED, progress)


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
    administrator = colleagues["Robin Admin"]
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


def _know(buyers: list[Buyer], colleagues: dict[str, Agent], rng: random.Random) -> None:
    """The archive before the year began; every tenth stays unknown until they write."""
    companies: dict[str, Customer] = {}
    owners = {
        "en": [colleagues["Ada Brandt"], colleagues["Jonas Krüger"], colleagues["Nora Hansen"]],
        "zh": [colleagues["陈悦"], colleagues["李伟"]],
    }
    for buyer in buyers:
        if rng.random() < 0.1 and not buyer.is_company and not buyer.company:
            continue
        customer = _archive(buyer, rng)
        if buyer.is_company:
            companies[buyer.name] = customer
        owner = rng.choice(owners[buyer.language]) if buyer.is_company or rng.random() < 0.2 else None
        company = companies.get(buyer.company or "")
        records.change(
            customer, None, customer.version, street=buyer.street, postcode=buyer.postcode, city=buyer.city,
            country=buyer.country, owner_id=owner.id if owner else None, company_id=company.id if company else None,
            position=buyer.position or "",
        )  # fmt: skip


def _archive(buyer: Buyer, rng: random.Random) -> Customer:
    status = rng.choices(tuple(CustomerStatus), (10, 80, 10))[0]
    points = (Address(Scheme.EMAIL, buyer.email), Address(Scheme.PHONE, buyer.phone))
    kind = CustomerKind.COMPANY if buyer.is_company else CustomerKind.PERSON
    return records.open_customer(
        buyer.name, None, points=points, source=PointSource.IMPORT, kind=kind, status=status, language=buyer.language
    )


def sign_ins() -> list[tuple[str, str, RoleName]]:
    """Name, address and role of everybody who can sign in; the password is `people.PASSWORD`."""
    return [(colleague.name, colleague.email, colleague.role) for colleague in people.COLLEAGUES]
