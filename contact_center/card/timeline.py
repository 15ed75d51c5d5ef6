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
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    DateTime,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from contact_center.agents.models import Agent
from contact_center.card import branches, edges, whose
from contact_center.card.branches import Branch
from contact_center.card.entries import RANKS, Entry, EntryKind, InteractionEntry, Page, Said
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.putting import reading
from contact_center.tickets.inbound import Automatic, Kind
from contact_center.tickets.messages import Attachment, Author, Direction, InteractionState, Message
from contact_center.tickets.models import TicketState

SAID = 4  # messages shown of one interaction
SHOWN = 280  # characters shown of one message
WALKED = 2_000  # interactions of one person looked through for a page, whoever may see them
_EVER = literal_column("'-infinity'", DateTime(timezone=True))
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
    rows = db.session.execute(_asked(customer, agent, wanted, edges.read(after), limit + 1, channel, said)).all()
    stop = next((_place(row) for row in rows if row.is_stop), None)
    found = [row for row in rows if not row.is_stop and (stop is None or _place(row) >= stop)]
    onward = _place(found[limit - 1]) if len(found) > limit else stop
    return Page([_entry(row) for row in found[:limit]], edges.cursor(*onward) if onward else None)


def _place(row: Any) -> tuple[datetime, int, int]:
    return row.at, row.rank, row.id


def _asked(
    customer: Customer, agent: Agent, kinds: tuple[EntryKind, ...], edge: edges.Edge | None, limit: int,
    channel: str | None, said: int,
) -> Select[Any]:  # fmt: skip
    """Each person's newest of each kind by its index, then the newest of all these, then what was said in them.

    And, marked `is_stop`, the nearest place at which looking has stopped: older entries than that are not complete.
    """
    person = whose.ids(customer).subquery("person")
    of = branches.of(kinds, agent, channel)
    stops = {branch.kind: _stop(branch, person, edge) for branch in of if branch.is_long}
    each = [_newest(branch, stops.get(branch.kind), person, edge, limit) for branch in of]
    shown = union_all(*(select(part.subquery()) for part in _parts(each, stops, limit))).subquery("shown")
    is_interaction = and_(shown.c.rank == RANKS[EntryKind.INTERACTION], ~shown.c.is_stop)
    messages = case((is_interaction, _messages(shown, said))) if said else literal(None)
    many = select(func.count()).where(Message.interaction_id == shown.c.id).scalar_subquery()
    asked = select(
        shown, Customer.name.label("customer"), messages.label("said"), case((is_interaction, many)).label("many")
    )
    asked = asked.join(Customer, Customer.id == shown.c.customer_id)
    return asked.order_by(shown.c.at.desc(), shown.c.rank.desc(), shown.c.id.desc())


def _parts(each: list[Select[Any]], stops: dict[EntryKind, CTE], limit: int) -> list[Select[Any]]:
    """The newest of all, and of the places where looking has stopped the nearest."""
    together = union_all(*each).subquery("together")
    newest = select(together, literal(value=False).label("is_stop"))
    parts = [newest.order_by(together.c.at.desc(), together.c.rank.desc(), together.c.id.desc()).limit(limit)]
    for kind, stop in stops.items():
        rank, nothing = literal(RANKS[kind], Integer).label("rank"), cast(null(), JSON).label("facts")
        last = select(rank, stop.c.at, stop.c.id, stop.c.customer_id, nothing, literal(value=True).label("is_stop"))
        parts.append(last.where(stop.c.at.is_not(None)).order_by(stop.c.at.desc(), stop.c.id.desc()).limit(1))
    return parts


def _stop(branch: Branch, person: Any, edge: edges.Edge | None) -> CTE:
    """For each person the last row that is looked at; nothing where there are fewer."""
    beyond = edges.beyond(edge, RANKS[branch.kind], branch.at, branch.id)
    walked = select(branch.at.label("at"), branch.id.label("id")).where(branch.customer_id == person.c.id, *beyond)
    last = walked.order_by(branch.at.desc(), branch.id.desc()).offset(literal_column(str(WALKED - 1))).limit(1)
    end = last.correlate(person).lateral("last")
    asked = select(person.c.id.label("customer_id"), end.c.at, end.c.id).select_from(person)
    return asked.outerjoin(end, true()).cte(f"stop_{branch.kind}")


def _newest(branch: Branch, stop: CTE | None, person: Any, edge: edges.Edge | None, limit: int) -> Select[Any]:
    rank, zone = RANKS[branch.kind], reading.zone()
    if branch.is_day:
        at: Any = func.timezone(str(zone), branch.at + literal(edges.NOON))
        beyond = edges.beyond_day(edge, rank, branch.at, branch.id, zone)
    else:
        at, beyond = branch.at, edges.beyond(edge, rank, branch.at, branch.id)
    whom = person if stop is None else stop
    owner = person.c.id if stop is None else stop.c.customer_id
    within = [] if stop is None else [branch.at >= func.coalesce(stop.c.at, _EVER)]
    facts = func.json_build_object(*(part for name, value in branch.facts.items() for part in (literal(name), value)))
    mine = select(
        literal(rank, Integer).label("rank"), at.label("at"), branch.id.label("id"), owner.label("customer_id"),
        facts.label("facts"),
    )  # fmt: skip
    mine = branch.source(mine.select_from(branch.id.class_)).where(
        branch.customer_id == owner, *branch.where, *beyond, *within
    )
    lateral = mine.order_by(branch.at.desc(), branch.id.desc()).limit(limit).correlate(whom).lateral()
    return select(*lateral.c).select_from(whom).join(lateral, true())


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
