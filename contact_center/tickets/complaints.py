"""A complaint of a customer who matters: whom the tier's policy names is told, once for each ticket.

Called by the clock every few seconds, so a kind or a customer that is chosen later counts as well. Told are people by
letter and by a notice that stands on their desk until they have seen it; addresses by letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent, Role, RoleName, TeamMember
from contact_center.customers.models import Customer
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.queues.models import Queue
from contact_center.tickets import scope
from contact_center.tickets.models import UNSETTLED, RequestKind, Ticket
from contact_center.tickets.notices import ComplaintNotice, ComplaintReader
from contact_center.tiers import policies
from contact_center.tiers.models import TierPolicy, Told

_COMPLAINT = Ticket.kind == literal_column(f"'{RequestKind.COMPLAINT}'")  # as a word: the partial index is found


def sweep(limit: int = 50) -> int:
    """Tell of complaints that nobody was told of yet; returns how many."""
    told = 0
    for ticket in _untold(limit):
        policy = policies.of(ticket.customer.tier if ticket.customer else None)
        if policy.told and _claim(ticket, policy):
            _tell(ticket, policy)
            told += 1
    return told


def unseen(agent: Agent) -> Sequence[ComplaintNotice]:
    """The notices on the desk of *agent*, the oldest first; of tickets that are settled there are none."""
    mine = (ComplaintReader.agent_id == agent.id) & ComplaintReader.seen_at.is_(None)
    asked = select(ComplaintNotice).join(ComplaintReader, ComplaintReader.ticket_id == ComplaintNotice.ticket_id)
    asked = asked.join(Ticket, Ticket.id == ComplaintNotice.ticket_id).where(mine, scope.state_in(UNSETTLED))
    return db.session.scalars(asked.where(scope.visible_to(agent)).order_by(ComplaintNotice.at).limit(5)).all()


def see(ticket: Ticket, agent: Agent) -> None:
    """Take the notice off the desk of *agent*."""
    mine = (ComplaintReader.ticket_id == ticket.id) & (ComplaintReader.agent_id == agent.id)
    db.session.execute(update(ComplaintReader).where(mine).values(seen_at=clock.now()))


def _untold(limit: int) -> Sequence[Ticket]:
    """Unsettled complaints of tiers of which somebody is to be told."""
    tiers = select(TierPolicy.tier).where(func.cardinality(TierPolicy.told) > 0)
    noticed = select(ComplaintNotice.ticket_id).where(ComplaintNotice.ticket_id == Ticket.id)
    asked = (
        select(Ticket)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(_COMPLAINT, scope.state_in(UNSETTLED))
        .where(func.coalesce(Customer.tier, "D").in_(tiers), ~noticed.exists())
    )
    return db.session.scalars(asked.order_by(Ticket.id).limit(limit)).all()


def _claim(ticket: Ticket, policy: TierPolicy) -> bool:
    """Whether it is ours to tell: the first to write the row."""
    row = postgresql.insert(ComplaintNotice).values(ticket_id=ticket.id, tier=policy.tier, at=clock.now())
    claimed = row.on_conflict_do_nothing().returning(ComplaintNotice.ticket_id)
    return db.session.scalar(claimed) is not None


def _tell(ticket: Ticket, policy: TierPolicy) -> None:
    people = {agent.id: agent for agent in _people(ticket, policy)}
    addresses = policy.addresses if Told.ADDRESSES in policy.told else ()
    if people:
        rows = [{"ticket_id": ticket.id, "agent_id": agent_id} for agent_id in people]
        db.session.execute(insert(ComplaintReader), rows)
    for agent in people.values():
        _write(ticket, policy.tier, agent.email, agent.language)
        bus.after_commit(Name.COMPLAINT_TOLD, {"agent": agent.id})
    for address in dict.fromkeys(addresses):
        if address not in {agent.email for agent in people.values()}:
            _write(ticket, policy.tier, address, current_app.config["CC"].default_language)
    names = sorted(agent.name for agent in people.values())
    log.record(Name.COMPLAINT_TOLD, ticket, tier=policy.tier, people=names, addresses=list(addresses))


def _people(ticket: Ticket, policy: TierPolicy) -> Iterable[Agent]:
    """The owner (or, without one, the supervisors); the supervisors of the queue's team, all where it has none."""
    told: list[Agent] = []
    owner = _owner(ticket)
    if Told.OWNER in policy.told and owner is not None:
        told.append(owner)
    if Told.SUPERVISORS in policy.told or (Told.OWNER in policy.told and owner is None):
        told += supervisors_of(ticket.queue)
    return told


def _owner(ticket: Ticket) -> Agent | None:
    """Who owns the customer, or the company they belong to."""
    company = aliased(Customer)
    owner_id = func.coalesce(Customer.owner_id, company.owner_id)
    owner = select(Agent).join(Customer, Customer.id == ticket.customer_id)
    owner = owner.outerjoin(company, company.id == Customer.company_id).where(Agent.id == owner_id, Agent.active)
    return db.session.scalars(owner).one_or_none()


def supervisors_of(queue: Queue) -> list[Agent]:
    """Those of the queue's team; all where it has none."""
    return _supervisors(queue.team_id) or _supervisors(None)


def _supervisors(team_id: int | None) -> list[Agent]:
    asked = select(Agent).where(Agent.active)
    if team_id is None:
        return list(db.session.scalars(asked.where(Agent.roles.any(Role.name != RoleName.AGENT)).order_by(Agent.id)))
    leads = asked.join(TeamMember, TeamMember.agent_id == Agent.id).where(TeamMember.team_id == team_id)
    return list(db.session.scalars(leads.where(Agent.roles.any(Role.name == RoleName.SUPERVISOR)).order_by(Agent.id)))


def _write(ticket: Ticket, tier: str, address: str, language: str) -> None:
    url = current_app.config["CC"].public_url
    with force_locale(language):
        name = ticket.customer.name if ticket.customer else ""
        subject = _("Complaint of a tier %(tier)s customer: %(name)s", tier=tier, name=name)
        text = _(
            "%(name)s, tier %(tier)s, has complained.\n\n%(ref)s: %(subject)s\n%(link)s",
            name=name, tier=tier, ref=ticket.ref, subject=ticket.subject, link=f"{url}/desk/tickets/{ticket.ref}",
        )  # fmt: skip
    post.queue(
        Letter(
            purpose=Purpose.ALARM, recipient=address, subject=subject, text=text, ticket_id=ticket.id,
            domain=urlsplit(url).hostname or "localhost", payload={"automatic": True, "language": language},
        )
    )  # fmt: skip
