"""Make one customer of two, field by field, in one transaction; and undo it for a month.

Called by the desk, always for a person: nothing here merges by itself. What refers to the one that goes is found by
`absorbing`; its id and its customer number lead to the survivor for ever. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import absorbing, comparing, consents, duplicates, search
from contact_center.customers.absorbing import Step
from contact_center.customers.models import ContactPoint, Customer, CustomerKind, Merge
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, db
from contact_center.statement import Statement

KEPT_FOR = timedelta(days=30)
_TABLE: Table = Base.metadata.tables[Customer.__tablename__]


def merge(
    survivor_id: int, gone_id: int, agent: Agent, chosen: Mapping[str, str] | None = None, *, is_sure: bool = False
) -> Merge:
    """Merge *gone* into *survivor*. *chosen* says for a field that differs whose value stays: "left" is the survivor's.

    Raises AlreadyTaken if one of them has been merged by somebody else, IllegalMove where the two cannot be one, and
    also where both are verified and nothing verified is common to them, unless *is_sure*.
    """
    _hold_senders([survivor_id, gone_id])
    survivor, gone = _both(survivor_id, gone_id)
    values = comparing.values(survivor, gone, chosen or {})
    _refuse_impossible(survivor, gone, values)
    if not is_sure and comparing.are_verified_apart(survivor, gone):
        raise IllegalMove(_("Both are verified and share nothing that is verified: say that you are sure."))
    name, numbers = gone.name, (gone.external_id, survivor.external_id)
    steps: list[Step] = [{"do": "began", "survivor": survivor.id, "gone": gone.id}]
    _join_points(survivor, gone, steps)
    duplicates.carry_over(survivor.id, gone.id, steps)
    refused = consents.refused_by_either(survivor.id, gone.id)
    absorbing.absorb(_TABLE, gone.id, survivor.id, steps)
    db.session.expunge(gone)
    db.session.expire_all()
    absorbing.change(survivor, values | {"changed_at": clock.now()}, steps)
    for row in consents.keep_refused(survivor, refused, agent, name):
        absorbing.note_added(row, steps)
    survivor.version += 1
    kept = survivor.external_id
    done = Merge(
        survivor_id=survivor.id, merged_id=gone_id, merged_name=name, agent_id=agent.id, at=clock.now(), undo=steps,
        external_id=next((number for number in numbers if number and number != kept), None),
    )  # fmt: skip
    db.session.add(done)
    _settle([survivor.id])
    log.record(Name.CUSTOMER_MERGED, survivor, agent, merge=done.id, other=gone_id, called=name)
    return done


def undo(merge_id: int, agent: Agent) -> Merge:
    """Make two of them again, as they were. What has been added or changed since stays with the survivor.

    Raises IllegalMove if it has been undone, is too old, or the survivor has been merged into another since.
    """
    done = db.session.scalar(select(Merge).where(Merge.id == merge_id).with_for_update(of=Merge))
    if done is None or not may_undo(done):
        raise IllegalMove(_("This merge cannot be undone any more."))
    began = (done.undo or [])[0]
    if began["survivor"] != done.survivor_id:
        raise IllegalMove(_("They have been merged into another customer since. Undo that merge first."))
    _hold_senders([done.survivor_id])
    db.session.scalar(select(Customer.id).where(Customer.id == done.survivor_id).with_for_update())
    steps = (done.undo or [])[1:]
    _lead_on(steps, done.merged_id)
    try:
        with db.session.begin_nested():
            absorbing.play_back(steps)
    except IntegrityError:
        raise IllegalMove(_("This merge cannot be undone: something that hung on it is not there any more.")) from None
    done.undone_at, done.undo = clock.now(), None
    survivor = db.session.get_one(Customer, done.survivor_id)
    survivor.version += 1
    _settle([survivor.id, done.merged_id])
    back = db.session.get_one(Customer, done.merged_id)
    duplicates.dismiss(survivor, back, agent)
    log.record(Name.CUSTOMER_UNMERGED, survivor, agent, merge=done.id, called=back.name, other=back.id)
    log.record(Name.CUSTOMER_UNMERGED, back, agent, merge=done.id, called=survivor.name, other=survivor.id)
    return done


def may_undo(done: Merge) -> bool:
    """Whether a merge is fresh enough, and not undone."""
    return done.undone_at is None and done.undo is not None and done.at > clock.now() - KEPT_FOR


def of(customer: Customer, limit: int = 5) -> list[Merge]:
    """What was merged into a customer and can still be undone, the newest first."""
    mine = select(Merge).where(Merge.survivor_id == customer.id, Merge.undone_at.is_(None), Merge.undo.is_not(None))
    fresh = mine.where(Merge.at > clock.now() - KEPT_FOR)
    return list(db.session.scalars(fresh.order_by(Merge.id.desc()).limit(limit)))


def survivors(customer_ids: Collection[int]) -> dict[int, int]:
    """Where merged-away ids lead to; others are left out."""
    if not customer_ids:
        return {}
    asked = select(Merge.merged_id, Merge.survivor_id).where(
        Merge.merged_id.in_(customer_ids), Merge.undone_at.is_(None)
    )
    return {row.merged_id: row.survivor_id for row in db.session.execute(asked)}


def ids_of(customer_id: int) -> list[int]:
    """A customer's id and those that were merged into it: events keep the id of their time."""
    mine = select(Merge.merged_id).where(Merge.survivor_id == customer_id, Merge.undone_at.is_(None))
    return [customer_id, *db.session.scalars(mine)]


def forget() -> None:
    """Let go of what undoing would need, where it is too late for it."""
    late = (Merge.undo.is_not(None), Merge.at < clock.now() - KEPT_FOR)
    db.session.execute(update(Merge).where(*late).values(undo=None), execution_options={"synchronize_session": False})


def _hold_senders(customer_ids: list[int]) -> None:
    """Let what they write meanwhile wait, as the inbox lets one sender's messages wait for each other.

    Otherwise a message could find its customer gone in the middle, and open a prospect for an address we know.
    """
    _SENDERS.rows({"ids": customer_ids})


_SENDERS = Statement("""
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(value, 0) AS key FROM contact_point WHERE customer_id = ANY(:ids) ORDER BY key
    ) address
""")


def _both(survivor_id: int, gone_id: int) -> tuple[Customer, Customer]:
    """Both rows, locked in the order of their ids so that two merges of the same pair wait for each other."""
    if survivor_id == gone_id:
        raise IllegalMove(_("That is the same customer."))
    pair = select(Customer).where(Customer.id.in_((survivor_id, gone_id))).order_by(Customer.id)
    locked = pair.with_for_update(of=Customer).execution_options(populate_existing=True)
    found = {customer.id: customer for customer in db.session.scalars(locked)}
    if len(found) < 2:
        raise AlreadyTaken(_("Somebody else has just merged one of these customers."))
    return found[survivor_id], found[gone_id]


def _refuse_impossible(survivor: Customer, gone: Customer, values: Mapping[str, Any]) -> None:
    if survivor.id == gone.company_id or gone.id == survivor.company_id:
        raise IllegalMove(_("One is a contact person of the other. Take them out of the company first."))
    kind = values.get("kind", survivor.kind)
    company_id = values.get("company_id", survivor.company_id)
    if kind is CustomerKind.COMPANY and company_id:
        raise IllegalMove(_("A company cannot be a contact person. Choose no company, or make it a person."))
    people = select(func.count()).where(Customer.company_id.in_((survivor.id, gone.id)))
    if kind is CustomerKind.PERSON and db.session.scalar(people):
        raise IllegalMove(_("One of them is a company with contact persons: what remains must be a company."))


def _lead_on(steps: list[Step], own_id: int) -> None:
    """Let rows that come back refer to where customers have been merged to since."""
    removed = [(_references(step["table"]), row) for step in steps if step["do"] == "removed" for row in step["rows"]]
    led = survivors({row[name] for names, row in removed for name in names if row.get(name)} - {own_id})
    for names, row in removed:
        for name in names:
            row[name] = led.get(row.get(name), row.get(name))


def _references(table: str) -> list[str]:
    return [column.name for column in absorbing.references(_TABLE) if column.table.name == table]


def _join_points(survivor: Customer, gone: Customer, steps: list[Step]) -> None:
    """Let the survivor's contact points keep what the other's knew better, and prefer one of a kind."""
    own = {(point.scheme, point.value): point for point in survivor.points}
    preferred = {point.scheme for point in survivor.points if point.is_preferred}
    for point in gone.points:
        same = own.get((point.scheme, point.value))
        if same is not None:
            absorbing.change(same, _better(same, point), steps)
        if point.is_preferred and point.scheme in preferred:
            absorbing.change(point, {"is_preferred": False}, steps)


def _better(same: ContactPoint, other: ContactPoint) -> dict[str, Any]:
    used = [at for at in (same.last_used_at, other.last_used_at) if at]
    better: dict[str, Any] = {"label": same.label or other.label, "last_used_at": max(used) if used else None}
    if same.verified_at is None:
        better |= {"verified_at": other.verified_at, "verified_by": other.verified_by}
    if same.bounced_at and not other.bounced_at:
        better |= {"bounced_at": None, "bounce_reason": None}
    return better


def _settle(customer_ids: list[int]) -> None:
    """Let search find the customers, and their contact persons, by what they are now."""
    db.session.flush()
    db.session.expire_all()
    people = select(Customer.id).where(or_(Customer.company_id.in_(customer_ids), Customer.id.in_(customer_ids)))
    search.index(list(db.session.scalars(people)))
