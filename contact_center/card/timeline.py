"""Everything that happened with a customer, the newest first, page by page: interactions over all channels and tickets,
orders, money, devices, ratings, tier.

Called by the customer page, the API, and by `summary` for the last interactions. One statement: each kind gives its
newest few by its own index, and of these the newest are taken. Content of tickets that the reader may not see never
gets in; of interactions only so many are looked through (`WALKED`), and where that ends the page ends.
The keys of an entry's `facts` are those of `branches`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    BigInteger,
    DateTime,
    Integer,
    Select,
    Text,
    Time,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card import branches, edges, whose
from contact_center.card.branches import Branch
from contact_center.card.entries import RANKS, Entry, EntryKind, InteractionEntry, Page, Said
from contact_center.customers.models import Customer, CustomerKind
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.putting import reading
from contact_center.tickets import scope
from contact_center.tickets.inbound import Automatic, Kind
from contact_center.tickets.messages import Attachment, Author, Direction, InteractionState, Message
from contact_center.tickets.models import TicketState

SAID = 4  # messages shown of one interaction
SHOWN = 280  # characters shown of one message
WALKED = 2_000  # interactions of one person looked through for a page, whoever may see them
_EVER = literal_column("'-infinity'", DateTime(timezone=True))
_NOON = literal_column("time '12:00'", Time)
_LIMIT, _ZONE = bindparam("limit", type_=Integer), bindparam("zone", type_=Text)
_KINDS = tuple(EntryKind)


def page(
    customer: Customer,
    agent: Agent,
    *,
    after: str | None = None,
    limit: int = 20,
    kinds: Collection[EntryKind] = _KINDS,
    channel: str | None = None,
    said: int = SAID,
) -> Page:
    """What *agent* may see of a customer. With *channel* interactions over it only, whatever *kinds* says."""
    wanted = (EntryKind.INTERACTION,) if channel else tuple(kind for kind in _KINDS if kind in kinds)
    if not wanted:
        return Page((), None)
    reader = scope.Reader(agent.is_administrator, agent.is_supervisor)
    asked = _asked(reader, customer.kind, wanted, bool(channel), said, WALKED)
    rows = db.session.execute(asked, _values(customer, agent, after, limit + 1, channel)).all()
    stop = next((_place(row) for row in rows if row.is_stop), None)
    found = [row for row in rows if not row.is_stop and (stop is None or _place(row) >= stop)]
    onward = _place(found[limit - 1]) if len(found) > limit else stop
    return Page([_entry(row) for row in found[:limit]], edges.cursor(*onward) if onward else None)


def _place(row: Any) -> tuple[datetime, int, int]:
    return row.at, row.rank, row.id


def _values(customer: Customer, agent: Agent, after: str | None, limit: int, channel: str | None) -> dict[str, Any]:
    zone = reading.zone()
    return {
        "customer": customer.id, "reader": agent.id, "limit": limit, "channel": channel, "zone": str(zone),
        "now": clock.now(), "today": accounts.today(), **edges.read(after).values(zone),
    }  # fmt: skip


@lru_cache(maxsize=64)
def _asked(
    reader: scope.Reader, customer: CustomerKind, kinds: tuple[EntryKind, ...], of_channel: bool, said: int, walked: int
) -> Select[Any]:
    """Each person's newest of each kind by its index, then the newest of all these, then what was said in them.

    And, marked `is_stop`, the nearest place at which looking has stopped: older entries than that are not complete.
    Made once for all who ask the same: making it takes longer than asking.
    """
    person = whose.ids(bindparam("customer", type_=BigInteger), customer).subquery("person")
    of = branches.of(kinds, reader, of_channel=of_channel)
    stops = {branch.kind: _stop(branch, person, walked) for branch in of if branch.is_long}
    each = [_newest(branch, stops.get(branch.kind), person) for branch in of]
    shown = union_all(*(select(part.subquery()) for part in _parts(each, stops))).subquery("shown")
    is_interaction = and_(shown.c.rank == RANKS[EntryKind.INTERACTION], ~shown.c.is_stop)
    messages = case((is_interaction, _messages(shown, said))) if said else null()
    many = select(func.count()).where(Message.interaction_id == shown.c.id).scalar_subquery()
    asked = select(
        shown, Customer.name.label("customer"), messages.label("said"), case((is_interaction, many)).label("many")
    )
    asked = asked.join(Customer, Customer.id == shown.c.customer_id)
    return asked.order_by(shown.c.at.desc(), shown.c.rank.desc(), shown.c.id.desc())


def _parts(each: list[Select[Any]], stops: dict[EntryKind, CTE]) -> list[Select[Any]]:
    """The newest of all, and of the places where looking has stopped the nearest."""
    together = union_all(*each).subquery("together")
    newest = select(together, false().label("is_stop"))
    parts = [newest.order_by(together.c.at.desc(), together.c.rank.desc(), together.c.id.desc()).limit(_LIMIT)]
    for kind, stop in stops.items():
        rank, nothing = _rank(kind), cast(null(), JSON).label("facts")
        last = select(rank, stop.c.at, stop.c.id, stop.c.customer_id, nothing, true().label("is_stop"))
        parts.append(last.where(stop.c.at.is_not(None)).order_by(stop.c.at.desc(), stop.c.id.desc()).limit(1))
    return parts


def _stop(branch: Branch, person: Any, walked: int) -> CTE:
    """For each person the last row that is looked at; nothing where there are fewer."""
    beyond = edges.beyond(RANKS[branch.kind], branch.at, branch.id)
    passed = select(branch.at.label("at"), branch.id.label("id")).where(branch.customer_id == person.c.id, beyond)
    last = passed.order_by(branch.at.desc(), branch.id.desc()).offset(literal_column(str(walked - 1))).limit(1)
    end = last.correlate(person).lateral("last")
    asked = select(person.c.id.label("customer_id"), end.c.at, end.c.id).select_from(person)
    return asked.outerjoin(end, true()).cte(f"stop_{branch.kind}")


def _newest(branch: Branch, stop: CTE | None, person: Any) -> Select[Any]:
    at = func.timezone(_ZONE, branch.at + _NOON) if branch.is_day else branch.at
    beyond = [edges.beyond(RANKS[branch.kind], at, branch.id)]
    if branch.is_day:
        beyond.append(edges.not_after(branch.at))
    whom = person if stop is None else stop
    owner = person.c.id if stop is None else stop.c.customer_id
    within = [] if stop is None else [branch.at >= func.coalesce(stop.c.at, _EVER)]
    named = (part for name, value in branch.facts.items() for part in (literal_column(f"'{name}'", Text), value))
    mine = select(
        _rank(branch.kind), at.label("at"), branch.id.label("id"), owner.label("customer_id"),
        func.json_build_object(*named).label("facts"),
    )  # fmt: skip
    mine = branch.source(mine.select_from(branch.id.class_)).where(
        branch.customer_id == owner, *branch.where, *beyond, *within
    )
    lateral = mine.order_by(branch.at.desc(), branch.id.desc()).limit(_LIMIT).correlate(whom).lateral()
    return select(*lateral.c).select_from(whom).join(lateral, true())


def _rank(kind: EntryKind) -> Any:
    return literal_column(str(RANKS[kind]), Integer).label("rank")


def _messages(shown: Any, most: int) -> Any:
    """The first messages of an interaction, as a JSON array of arrays."""
    files = select(func.count()).where(Attachment.message_id == Message.id, ~Attachment.is_inline).scalar_subquery()
    first = (
        select(
            Message.id, Message.author, Message.sender_name, Message.at, func.left(Message.text, SHOWN).label("text"),
            (Message.automatic != Automatic.NONE).label("is_automatic"), files.label("files"),
        )
        .where(Message.interaction_id == shown.c.id)
        .correlate(shown)
        .order_by(Message.id)
        .limit(most)
        .subquery("first")
    )  # fmt: skip
    return select(func.json_agg(func.json_build_array(*first.c))).scalar_subquery()


def _entry(row: Any) -> Entry | InteractionEntry:
    kind = _KINDS[row.rank]
    if kind is not EntryKind.INTERACTION:
        return Entry(kind, row.at, row.id, row.customer_id, row.customer, row.facts)
    facts, said = row.facts, tuple(_said(one) for one in row.said or ())
    return InteractionEntry(
        row.id, row.at, facts["channel"], Kind(facts["kind"]), Direction(facts["direction"]),
        InteractionState(facts["state"]), _instant(facts["answered_at"]), facts["disposition"], facts["ticket"],
        facts["subject"], TicketState(facts["ticket_state"]), row.customer_id, row.customer, facts["agent"],
        said, max(0, row.many - len(said)),
    )  # fmt: skip


def _said(one: list[Any]) -> Said:
    row_id, author, name, at, text, is_automatic, files = one
    return Said(row_id, Author(author), name, datetime.fromisoformat(at), text, is_automatic, files)


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
