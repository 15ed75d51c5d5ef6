"""Customers from elsewhere by their external number: thousands in a few statements, each row with its own outcome.

Called through `records.put` and `records.put_many`: by imports, the API and the demo. A row that is wrong is left out
with its reason; the rest goes in. The same rows again change nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import custom, fields, given, history, search
from contact_center.customers.given import Wanted
from contact_center.customers.models import CustomerKind, CustomerStatus, PointSource
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.putting.rows import Outcome, Result
from contact_center.statement import Statement
from contact_center.text.addresses import Address

NUDGED = 20  # a batch up to this size refreshes open desks
_COLUMNS = (*given.GIVEN, "company_id", "owner_id", "external_id", "custom", "since", "changed_at", "version")
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_COLUMNS), "kind": CustomerKind.PERSON, "status": CustomerStatus.PROSPECT, "about": "",
    "custom": {}, "version": 1,
}  # fmt: skip
_SEARCHED = ("external_id", "street", "postcode", "city")
_SOUGHT = frozenset({"name", "company_id", *_SEARCHED})


@dataclass(slots=True)
class _Known:
    """What the database holds for the rows of one pass."""

    rows: dict[str, dict[str, Any]]  # by external number; two numbers of one customer share the row
    gave_way: set[str]  # numbers that gave way in a merge: they only fill what is empty
    points: dict[int, set[tuple[str, str]]]
    companies: dict[str, Any]
    owners: dict[str, int]
    definitions: custom.Definitions


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an event speaks of: the rows are not loaded as objects."""

    id: int
    __tablename__ = "customer"


def put_many(
    rows: Sequence[Mapping[str, Any]], by: Agent | None = None, source: PointSource = PointSource.IMPORT
) -> list[Result]:
    """Open or change a customer for each row; one result per row, in their order.

    A row has `external_id`, any of `given`'s GIVEN, REFERENCES and ADDRESSES, and `custom.key`; the rest stays.
    """
    definitions = custom.active()
    wanted = [given.read(place, row, definitions) for place, row in enumerate(rows)]
    given.refuse_repeated(wanted)
    results = {row.place: Result(row.external_id, None, None, row.wrong) for row in wanted if row.wrong}
    good = [row for row in wanted if not row.wrong]
    for batch in ([row for row in good if not row.company], [row for row in good if row.company]):
        results |= _put(batch, definitions, by, source) if batch else {}
    return [results[place] for place in range(len(wanted))]


def _put(
    wanted: list[Wanted], definitions: custom.Definitions, agent: Agent | None, source: PointSource
) -> dict[int, Result]:
    known = _known(wanted, definitions)
    for row in wanted:
        _refer(row, known)
    good = [row for row in wanted if not row.wrong]
    results = {row.place: Result(row.external_id, None, None, row.wrong) for row in wanted if row.wrong}
    news = [row for row in good if row.external_id not in known.rows]
    opened = _open(news, known, agent, source) if news else {}
    results |= {
        row.place: Result(row.external_id, Outcome.CREATED, opened[row.place], {})
        for row in news
        if row.place in opened
    }
    results |= _change([row for row in good if row.external_id in known.rows], known, agent, source)
    raced = [row for row in news if row.place not in results]  # somebody else opened them in this moment
    return results | (_put(raced, definitions, agent, source) if raced else {})


def _known(wanted: list[Wanted], definitions: custom.Definitions) -> _Known:
    numbers = [row.external_id for row in wanted]
    found_rows = _ROWS.rows({"numbers": numbers})
    by_id = {found.row["id"]: found.row | {"birthday": fields.day(found.row["birthday"])} for found in found_rows}
    ids = list(by_id)
    points_of: dict[int, set[tuple[str, str]]] = {}
    for point in _POINTS.rows({"ids": ids}) if ids else ():
        points_of.setdefault(point.customer_id, set()).add((point.scheme, point.value))
    companies = sorted({row.company for row in wanted if row.company})
    owners = sorted({row.owner for row in wanted if row.owner})
    return _Known(
        {found.number: by_id[found.row["id"]] for found in found_rows},
        {found.number for found in found_rows if found.gave_way},
        points_of,
        {found.number: found for found in _COMPANIES.rows({"numbers": companies})} if companies else {},
        {found.email: found.id for found in _OWNERS.rows({"emails": owners})} if owners else {},
        definitions,
    )


def _refer(row: Wanted, known: _Known) -> None:
    """Find the rows that the row refers to, and check what only the database knows."""
    if "owner" in row.names:
        row.values["owner_id"] = known.owners.get(row.owner or "")
        if row.owner and row.values["owner_id"] is None:
            row.wrong["owner"] = _("Nobody here has the address %(address)s.", address=row.owner)
    if "company" in row.names:
        company = known.companies.get(row.company or "")
        row.values["company_id"] = company.id if company else None
        if row.company and (company is None or company.kind != CustomerKind.COMPANY):
            row.wrong["company"] = _("No company has the number %(number)s.", number=row.company)
    there = known.rows.get(row.external_id)
    if there is None and "name" not in row.values:
        row.wrong["name"] = _("A customer needs a name.")
    _refuse_kind(row, there or _EMPTY)


def _refuse_kind(row: Wanted, there: Mapping[str, Any]) -> None:
    kind = row.values.get("kind", there["kind"])
    if kind == CustomerKind.COMPANY and row.values.get("company_id", there["company_id"]):
        row.wrong["company"] = _("A company cannot be a contact person of another.")
    if kind == CustomerKind.PERSON and there["kind"] == CustomerKind.COMPANY and there.get("has_people"):
        row.wrong["kind"] = _("A company with contact persons cannot become a person.")


def _changes(row: Wanted, there: dict[str, Any], known: _Known) -> dict[str, tuple[Any, Any]]:
    """What differs: (old, new)."""
    changed = {}
    only_fills = row.external_id in known.gave_way
    for name, new in row.values.items():
        key = name.removeprefix(custom.PREFIX)
        old = there["custom"].get(key) if key != name else there[name]
        if old != new and not (only_fills and old not in (None, "")):
            changed[name] = (old, new)
    return changed


def _open(rows: list[Wanted], known: _Known, agent: Agent | None, source: PointSource) -> dict[int, int]:
    now = clock.now()
    new = [{**_EMPTY, "external_id": row.external_id, "since": now, "changed_at": now} for row in rows]
    for row, made in zip(rows, new, strict=True):
        _apply(made, row.values)
        made["search"] = _document(made, row, known)
    ids = {found.external_id: found.id for found in _INSERT.rows({"rows": _json(new)})}
    opened = {row.place: ids[row.external_id] for row in rows if row.external_id in ids}
    _add_points(
        [(opened[row.place], address) for row in rows if row.place in opened for address in row.addresses], source
    )
    log.record_all(
        [
            (Name.CUSTOMER_OPENED, _Subject(opened[row.place]), {"kind": made["kind"], "source": source})
            for row, made in zip(rows, new, strict=True)
            if row.place in opened
        ],
        agent,
        quietly=len(opened) > NUDGED,
    )
    return opened


def _change(rows: list[Wanted], known: _Known, agent: Agent | None, source: PointSource) -> dict[int, Result]:
    results: dict[int, Result] = {}
    updated: dict[int, dict[str, Any]] = {}
    added: list[tuple[int, Address]] = []
    happened: list[tuple[Name, Any, dict[str, Any]]] = []
    sought: list[int] = []  # whose words have changed
    for row in rows:
        there, changed = known.rows[row.external_id], _changes(row, known.rows[row.external_id], known)
        missing = [a for a in row.addresses if (a.scheme, a.value) not in known.points.get(there["id"], ())]
        outcome = Outcome.CHANGED if changed or missing else Outcome.SAME
        results[row.place] = Result(row.external_id, outcome, there["id"], {})
        if outcome is Outcome.SAME:
            continue
        _apply(there, {name: new for name, (_old, new) in changed.items()} | {"changed_at": clock.now()})
        there["version"] += bool(changed)
        updated[there["id"]] = there
        if missing or any(name in _SOUGHT or name.startswith(custom.PREFIX) for name in changed):
            sought.append(there["id"])
        added += [(there["id"], address) for address in missing]
        happened += _events(there["id"], changed, missing, source)
    if updated:
        _UPDATE.run({"rows": _json(list(updated.values()))})
        _add_points(added, source)
        search.index(sought)
        log.record_all(happened, agent, quietly=len(updated) > NUDGED)
    return results


def _events(
    row_id: int, changed: dict[str, tuple[Any, Any]], missing: list[Address], source: PointSource
) -> list[tuple[Name, Any, dict[str, Any]]]:
    subject = _Subject(row_id)
    pairs = {name: [history.plain(value) for value in pair] for name, pair in changed.items()}
    told: list[tuple[Name, Any, dict[str, Any]]] = []
    if pairs:
        told.append((Name.CUSTOMER_CHANGED, subject, {"changes": pairs, "words": {}, "source": source}))
    told.extend(
        (Name.CONTACT_POINT_ADDED, subject, {"scheme": address.scheme, "value": address.value, "source": source})
        for address in missing
    )
    return told


def _apply(row: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        key = name.removeprefix(custom.PREFIX)
        if key == name:
            row[name] = value
            continue
        kept = {other: old for other, old in row["custom"].items() if other != key}
        row["custom"] = kept if value is None else {**kept, key: value}


def _document(made: dict[str, Any], row: Wanted, known: _Known) -> str:
    company = known.companies.get(row.company or "")
    addresses = [(address.scheme, address.value) for address in row.addresses]
    more = [made[name] for name in _SEARCHED]
    own = custom.searched(made["custom"], known.definitions) if made["custom"] else []
    return search.document(made["name"], addresses, company.name if company else None, *more, *own)


def _add_points(added: list[tuple[int, Address]], source: PointSource) -> None:
    if added:
        _ADD_POINTS.run(
            {
                "customers": [customer_id for customer_id, _address in added],
                "schemes": [address.scheme for _id, address in added],
                "values": [address.value for _id, address in added],
                "source": source,
                "now": clock.now(),
            }
        )


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=_iso)


_iso: Callable[[Any], Any] = lambda value: value.isoformat()  # noqa: E731 (dates are all that JSON does not know here)
_SET = ", ".join(f"{name} = n.{name}" for name in _COLUMNS if name not in ("external_id", "since"))
_ALL = ", ".join(_COLUMNS)
_ROWS = Statement(f"""
    WITH meant AS (
        SELECT external_id AS number, id, false AS gave_way FROM customer WHERE external_id = ANY(:numbers)
        UNION ALL
        SELECT external_id, survivor_id, true FROM customer_merge
        WHERE external_id = ANY(:numbers) AND undone_at IS NULL
    ), held AS MATERIALIZED (
        SELECT id, {_ALL} FROM customer WHERE id IN (SELECT id FROM meant) ORDER BY id FOR UPDATE
    )
    SELECT meant.number, meant.gave_way, to_jsonb(held) || jsonb_build_object('has_people', held.kind = 'COMPANY'
           AND EXISTS (SELECT FROM customer person WHERE person.company_id = held.id)) AS row
    FROM meant JOIN held USING (id)
""")  # noqa: S608 (our own columns)
_POINTS = Statement("SELECT customer_id, scheme, value FROM contact_point WHERE customer_id = ANY(:ids)")
_COMPANIES = Statement("""
    SELECT external_id AS number, id, kind, name FROM customer WHERE external_id = ANY(:numbers)
    UNION ALL
    SELECT m.external_id, c.id, c.kind, c.name FROM customer_merge m JOIN customer c ON c.id = m.survivor_id
    WHERE m.external_id = ANY(:numbers) AND m.undone_at IS NULL
""")
_OWNERS = Statement("SELECT id, email FROM agent WHERE email = ANY(:emails) AND active")
_INSERT = Statement(f"""
    INSERT INTO customer ({_ALL}, search)
    SELECT {_ALL}, search FROM json_populate_recordset(NULL::customer, CAST(:rows AS json)) ORDER BY external_id
    ON CONFLICT (external_id) DO NOTHING RETURNING id, external_id
""")  # noqa: S608 (our own columns)
_UPDATE = Statement(f"""
    UPDATE customer c SET {_SET} FROM json_populate_recordset(NULL::customer, CAST(:rows AS json)) n WHERE c.id = n.id
""")  # noqa: S608 (our own columns)
_ADD_POINTS = Statement("""
    INSERT INTO contact_point (customer_id, scheme, value, source, added_at)
    SELECT customer_id, scheme, value, :source, :now
    FROM unnest(CAST(:customers AS bigint[]), CAST(:schemes AS text[]), CAST(:values AS text[]))
         AS point (customer_id, scheme, value)
    ON CONFLICT DO NOTHING
""")
