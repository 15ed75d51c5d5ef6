"""Open a customer and change what we know of them; every change is an event with old and new.

Called by the desk, imports and the demo. Contact points are in `points`, notes in `notes`. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import custom, fields, history, search, upserts
from contact_center.customers.models import ContactPoint, Customer, CustomerKind, Merge, PointSource
from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.putting.rows import Put
from contact_center.statement import Statement
from contact_center.text.addresses import Address

Changes = dict[str, tuple[Any, Any]]  # field -> (old, new)
_SEARCHED = frozenset({"name", "company_id", "external_id", "street", "postcode", "city"})


def open_customer(
    name: str,
    agent: Agent | None = None,
    *,
    points: Iterable[Address] = (),
    source: PointSource = PointSource.AGENT,
    **more: Any,
) -> Customer:
    """Open a customer with any of `fields.NAMES`, custom fields (`custom.key`) and contact points.

    The points are claimed until somebody verifies them.
    """
    now = clock.now()
    given = clean({"name": name, **more}, more.get("kind") or CustomerKind.PERSON)
    customer = Customer(kind=CustomerKind.PERSON, since=now, changed_at=now, custom={})
    _check(customer, given)
    for field, value in given.items():
        _put(customer, field, value)
    customer.points = [
        ContactPoint(scheme=point.scheme, value=point.value, source=source, added_at=now)
        for point in dict.fromkeys(points)
    ]
    db.session.add(customer)
    db.session.flush()
    search.index([customer.id])
    log.record(Name.CUSTOMER_OPENED, customer, agent, kind=customer.kind, source=source)
    _tell_companies(customer, None, agent)
    return customer


_KNOWN_SINCE = Statement("""
    WITH earlier AS (
        SELECT c.id, first.at FROM unnest(CAST(:ids AS bigint[]), CAST(:ats AS timestamptz[])) AS first (id, at)
        JOIN customer c ON c.id = first.id AND c.since > first.at ORDER BY c.id FOR UPDATE OF c
    )
    UPDATE customer c SET since = earlier.at FROM earlier WHERE earlier.id = c.id
""")


def known_since(firsts: Mapping[int, datetime]) -> None:
    """Let customers be known since then, by id, if that is earlier than what stands there."""
    if firsts:
        _KNOWN_SINCE.run({"ids": list(firsts), "ats": list(firsts.values())})


def change(
    customer: Customer,
    agent: Agent | None,
    version: int,
    *,
    seen: Mapping[str, Any] | None = None,
    because: str = "",
    **wanted: Any,
) -> bool:
    """Change some of `fields.NAMES` and custom fields (`custom.key`); False if nothing differed.

    *because* is a person's reason, for the history. Raises Stale if the customer has changed since *version*, unless
    *seen* tells that the person saw, in each field they change, the very value that stands there now: then somebody
    changed another field, and both changes stand.
    """
    cleaned = clean(wanted, customer.kind)
    _lock(customer)
    changes = {name: (value_of(customer, name), value) for name, value in cleaned.items()}
    changes = {name: (old, new) for name, (old, new) in changes.items() if old != new}
    if not changes:
        return False
    if customer.version != version:
        _refuse_unless_seen(customer, changes, seen)
    _check(customer, cleaned)
    _write(customer, changes, agent, because)
    return True


def put(external_id: str, *, by: Agent | None = None, **told: Any) -> Put:
    """Open or change the customer with this external number; see `upserts.put_many` for what may be told."""
    db.session.flush()
    [result] = upserts.put_many([{"external_id": external_id, **told}], by)
    if result.outcome is None:
        raise Invalid(result.sentence, result.wrong)
    customer = db.session.get_one(Customer, result.id, populate_existing=True)
    return Put(customer, result.outcome)


put_many = upserts.put_many


def ids_of(external_ids: Collection[str]) -> dict[str, int]:
    """The ids behind external numbers, also behind those that gave way in a merge; unknown ones are left out."""
    numbers = list(external_ids)
    return {row.number: row.id for row in _IDS.rows({"numbers": numbers})} if numbers else {}


_IDS = Statement("""
    SELECT external_id AS number, id FROM customer WHERE external_id = ANY(:numbers)
    UNION ALL
    SELECT external_id, survivor_id FROM customer_merge WHERE external_id = ANY(:numbers) AND undone_at IS NULL
""")


def clean(given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The normal forms of our fields and of a firm's own, for a customer of *kind*; raises Invalid."""
    ours, theirs = custom.split(given)
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    try:
        cleaned = fields.clean(ours)
    except Invalid as refused:
        wrong = refused.fields
    try:
        cleaned |= custom.clean_all(theirs, _definitions(kind)) if theirs else {}
    except Invalid as refused:
        wrong = wrong | refused.fields
    Invalid.raise_for(wrong)
    return cleaned


def value_of(customer: Customer, name: str) -> Any:
    """A field's value, ours or the firm's own."""
    if name.startswith(custom.PREFIX):
        return customer.custom.get(name.removeprefix(custom.PREFIX))
    return getattr(customer, name)


def set_company(
    person: Customer, company: Customer | None, agent: Agent | None, *, position: str = "", role: str = ""
) -> bool:
    """Make *person* a contact person of *company*, or of none; position and role belong to the company."""
    company_id = company.id if company else None
    return change(person, agent, person.version, company_id=company_id, position=position, role=role)


def touch(customer: Customer) -> None:
    """Let the customer count as changed now, and be found by what it now holds; for verbs on what hangs under it."""
    customer.changed_at = clock.now()
    db.session.flush()
    search.index([customer.id])


def people_of(company: Customer, limit: int = 200) -> list[Customer]:
    """The contact persons of a company by name."""
    asked = select(Customer).where(Customer.company_id == company.id).order_by(Customer.name, Customer.id)
    return list(db.session.scalars(asked.limit(limit)))


def _definitions(kind: str) -> custom.Definitions:
    return custom.active(CustomerKind(kind) if kind in CustomerKind.__members__ else None)


def _lock(customer: Customer) -> None:
    """Hold the row until the transaction ends, and see it as it stands now."""
    row = select(Customer).where(Customer.id == customer.id).with_for_update(of=Customer)
    if db.session.scalar(row.execution_options(populate_existing=True)) is None:
        raise IllegalMove(_("This customer has been merged into another. Reload the page."))


def _refuse_unless_seen(customer: Customer, changes: Changes, seen: Mapping[str, Any] | None) -> None:
    before = clean({name: value for name, value in (seen or {}).items() if name in changes}, customer.kind)
    difference = {name: (new, old) for name, (old, new) in changes.items() if name not in before or before[name] != old}
    if difference:
        raise Stale(_("Somebody has changed %(name)s meanwhile.", name=customer.name), difference)


def _put(customer: Customer, name: str, value: Any) -> None:
    if not name.startswith(custom.PREFIX):
        setattr(customer, name, value)
        return
    kept = {key: old for key, old in customer.custom.items() if key != name.removeprefix(custom.PREFIX)}
    customer.custom = kept if value is None else {**kept, name.removeprefix(custom.PREFIX): value}


def _write(customer: Customer, changes: Changes, agent: Agent | None, because: str = "") -> None:
    company_before = customer.company if "company_id" in changes else None
    words = {name: [_word(name, value) for value in pair] for name, pair in changes.items() if name in _REFERENCES}
    for name, (_old, new) in changes.items():
        _put(customer, name, new)
    customer.version += 1
    customer.changed_at = clock.now()
    db.session.flush()
    db.session.expire(customer, ["company", "owner"])
    if not _SEARCHED.isdisjoint(changes) or any(name.startswith(custom.PREFIX) for name in changes):
        search.index([customer.id, *(_people_ids(customer) if "name" in changes else ())])
    facts: dict[str, Any] = {
        "changes": {name: [history.plain(value) for value in pair] for name, pair in changes.items()}
    }
    if because:
        facts["because"] = because
    log.record(Name.CUSTOMER_CHANGED, customer, agent, version=customer.version, words=words, **facts)
    if "company_id" in changes:
        _tell_companies(customer, company_before, agent)


def _tell_companies(person: Customer, before: Customer | None, agent: Agent | None) -> None:
    """A company's own history shows its contact persons come and go."""
    if before is not None:
        log.record(Name.CUSTOMER_CHANGED, before, agent, changes={"contact_person": [person.name, None]})
    if person.company is not None:
        log.record(Name.CUSTOMER_CHANGED, person.company, agent, changes={"contact_person": [None, person.name]})


def _people_ids(company: Customer) -> list[int]:
    return list(db.session.scalars(select(Customer.id).where(Customer.company_id == company.id)))


def _check(customer: Customer, wanted: Mapping[str, Any]) -> None:
    """Raise Invalid where the fields are well-formed but do not go together."""
    wrong = {name: sentence for name, rule in _RULES.items() if name in wanted and (sentence := rule(customer, wanted))}
    Invalid.raise_for(wrong)


def _kind_rule(customer: Customer, wanted: Mapping[str, Any]) -> str | None:
    if wanted["kind"] is CustomerKind.COMPANY and wanted.get("company_id", customer.company_id):
        return str(_("A contact person cannot become a company. Take them out of their company first."))
    is_new = customer.id is None
    if wanted["kind"] is CustomerKind.PERSON and not is_new and _has(Customer.company_id == customer.id):
        return str(_("A company with contact persons cannot become a person."))
    return None


def _company_rule(customer: Customer, wanted: Mapping[str, Any]) -> str | None:
    company_id = wanted["company_id"]
    if company_id is None:
        return None
    if wanted.get("kind", customer.kind) is CustomerKind.COMPANY:
        return str(_("A company cannot be a contact person of another."))
    if company_id == customer.id or not _has(Customer.id == company_id, Customer.kind == CustomerKind.COMPANY):
        return str(_("That is not a company."))
    return None


def _owner_rule(customer: Customer, wanted: Mapping[str, Any]) -> str | None:
    owner_id = wanted["owner_id"]
    if owner_id is None or owner_id == customer.owner_id or _has(Agent.id == owner_id, Agent.active):
        return None
    return str(_("That person does not work here any more."))


def _external_id_rule(customer: Customer, wanted: Mapping[str, Any]) -> str | None:
    asked = select(Customer.name).where(Customer.external_id == wanted["external_id"], Customer.id.is_not(None))
    other = db.session.scalar(asked.where(Customer.id != customer.id) if customer.id else asked)
    if other is None:  # perhaps it gave way when two customers were merged, and is still used elsewhere
        gave_way = select(Customer.name).join(Merge, Merge.survivor_id == Customer.id).where(Merge.undone_at.is_(None))
        other = db.session.scalar(
            gave_way.where(Merge.external_id == wanted["external_id"], Customer.id != customer.id)
        )
    return str(_("%(name)s already has this customer number.", name=other)) if other else None


def _has(*conditions: Any) -> bool:
    return bool(db.session.scalar(select(exists().where(*conditions))))


def _word(name: str, value: int | None) -> str | None:
    return db.session.scalar(select(_REFERENCES[name].name).where(_REFERENCES[name].id == value)) if value else None


_REFERENCES: dict[str, Any] = {"company_id": Customer, "owner_id": Agent}
_RULES = {
    "kind": _kind_rule,
    "company_id": _company_rule,
    "owner_id": _owner_rule,
    "external_id": _external_id_rule,
}
