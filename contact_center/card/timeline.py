"""Everything that happened with a customer, the newest first, page by page: interactions over all channels and tickets,
orders, money, devices, ratings, tier.

Called by the customer page, the API, and by `summary` for the last interactions. One statement: each kind gives its
newest few by its own index, and of these the newest are taken. Content of tickets that the reader may not see never
gets in. The keys of an entry's `facts` are those of `branches`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, select, true, union_all

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
    entries = [_entry(row) for row in rows[:limit]]
    last = entries[-1] if len(rows) > limit else None
    return Page(entries, edges.cursor(last.at, RANKS[last.kind], last.id) if last else None)


def _asked(
    customer: Customer, agent: Agent, kinds: tuple[EntryKind, ...], edge: edges.Edge | None, limit: int,
    channel: str | None, said: int,
) -> Select[Any]:  # fmt: skip
    """Each person's newest of each kind by its index, then the newest of all these, then what was said in them."""
    person = whose.ids(customer).subquery("person")
    each = [_newest(branch, person, edge, limit) for branch in branches.of(kinds, agent, channel)]
    together = union_all(*each).subquery("together")
    newest = select(together).order_by(together.c.at.desc(), together.c.rank.desc(), together.c.id.desc()).limit(limit)
    shown = newest.subquery("shown")
    is_interaction = shown.c.rank == RANKS[EntryKind.INTERACTION]
    messages = case((is_interaction, _messages(shown, said))) if said else literal(None)
    many = select(func.count()).where(Message.interaction_id == shown.c.id).scalar_subquery()
    asked = select(
        shown, Customer.name.label("customer"), messages.label("said"), case((is_interaction, many)).label("many")
    )
    asked = asked.join(Customer, Customer.id == shown.c.customer_id)
    return asked.order_by(shown.c.at.desc(), shown.c.rank.desc(), shown.c.id.desc())


def _newest(branch: Branch, person: Any, edge: edges.Edge | None, limit: int) -> Select[Any]:
    rank, zone = RANKS[branch.kind], reading.zone()
    if branch.is_day:
        at: Any = func.timezone(str(zone), branch.at + literal(edges.NOON))
        beyond = edges.beyond_day(edge, rank, branch.at, branch.id, zone)
    else:
        at, beyond = branch.at, edges.beyond(edge, rank, branch.at, branch.id)
    facts = func.json_build_object(*(part for name, value in branch.facts.items() for part in (literal(name), value)))
    mine = select(
        literal(rank).label("rank"), at.label("at"), branch.id.label("id"), person.c.id.label("customer_id"),
        facts.label("facts"),
    )  # fmt: skip
    mine = branch.source(mine.select_from(branch.id.class_)).where(
        branch.customer_id == person.c.id, *branch.where, *beyond
    )
    lateral = mine.order_by(branch.at.desc(), branch.id.desc()).limit(limit).correlate(person).lateral()
    return select(*lateral.c).select_from(person).join(lateral, true())


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
