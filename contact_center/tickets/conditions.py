"""What a filter says about a ticket, as conditions on the table or on rows of it; used by `candidates` and `windows`.

A tag, a priority, words or a link that few tickets have are looked up first, all of them at once: `is_named` tells
whether a filter names its tickets like that, so that nothing needs to be walked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, any_, cast, false, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from contact_center.tickets import questions, scope, shares
from contact_center.tickets.models import LinkReason, Priority, Ticket, TicketLink
from contact_center.tickets.questions import Question
from contact_center.tickets.wanted import NOBODY, Filter

RARE = 5_000  # tickets; what fewer have is looked up
MOST_NAMED = 10_000  # tickets that a look-up may give


def is_named(wanted: Filter) -> bool:
    """Whether *wanted* holds for few tickets only, which an index can name."""
    if wanted.assignee or wanted.customer is not None or wanted.is_possibly_related:
        return True
    return _is_rare_tag(wanted) or _is_rare_priority(wanted) or _are_rare_words(wanted.text)


def of(wanted: Filter, ticket: Any = Ticket) -> list[ColumnElement[bool]]:
    """All that *wanted* says but for states and queues."""
    where = _of_the_ticket(wanted, ticket)
    if wanted.assignee is not None:
        where.append(
            ticket.assignee_id.is_(None) if wanted.assignee == NOBODY else ticket.assignee_id == wanted.assignee
        )
    if wanted.customer is not None:
        where.append(ticket.customer_id == wanted.customer)
    if wanted.priority:
        rare = select(Ticket.id).where(Ticket.priority == literal_column(f"'{wanted.priority}'"))
        rare = rare.order_by(Ticket.changed_at.desc())
        where.append(_is_any(rare, ticket) if _is_rare_priority(wanted) else ticket.priority == wanted.priority)
    if wanted.tag:
        rare = select(Ticket.id).where(_has_tag(wanted.tag, Ticket))
        where.append(_is_any(rare, ticket) if _is_rare_tag(wanted) else _has_tag(wanted.tag, ticket))
    if wanted.is_possibly_related:
        where.append(_is_any(_related().order_by(TicketLink.ticket_id.desc()), ticket))
    if text := wanted.text.strip():
        where.append(_has_words(text, ticket))
    return where


def _of_the_ticket(wanted: Filter, ticket: Any) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.channel:
        where.append(ticket.channel == wanted.channel)
    if wanted.kind:
        where.append(ticket.kind == wanted.kind)
    if wanted.opened_since:
        where.append(ticket.opened_at >= wanted.opened_since)
    if wanted.due_before:
        where.append(ticket.due_at < wanted.due_before)
    return where


def _is_any(ids: Select[int], ticket: Any) -> ColumnElement[bool]:
    """Whether a ticket is among *ids*, which are looked up once and for all."""
    return ticket.id == any_(func.array(ids.limit(MOST_NAMED).scalar_subquery()))


def _related() -> Select[int]:
    return select(TicketLink.ticket_id).where(TicketLink.reason == literal_column(f"'{LinkReason.POSSIBLY_RELATED}'"))


def _has_tag(tag: str, ticket: Any) -> ColumnElement[bool]:
    return ticket.tags.op("@>", is_comparison=True)(literal([tag], Ticket.tags.type))


def _is_rare_tag(wanted: Filter) -> bool:
    return bool(wanted.tag) and shares.tagged(wanted.tag or "") <= RARE


def _is_rare_priority(wanted: Filter) -> bool:
    if wanted.priority in (None, Priority.NORMAL):
        return False
    return shares.of_priority(wanted.priority or "") <= RARE


def _are_rare_words(text: str) -> bool:
    question = questions.read(text) if text.strip() else None
    return bool(text.strip()) and (question is None or _is_rare(question) or scope.number_in(text) is not None)


def _is_rare(question: Question) -> bool:
    return question.share * shares.total() <= RARE


def _has_words(text: str, ticket: Any) -> ColumnElement[bool]:
    number, question = scope.number_in(text), questions.read(text)
    words = _words_of(question, ticket) if question else false()
    return words if number is None else or_(ticket.id == number, words)  # 10482 may be an order as well


def _words_of(question: Question, ticket: Any) -> ColumnElement[bool]:
    """Common words are met soon enough in the order of the list; rare ones are looked up."""
    if not _is_rare(question):
        return _matches(ticket, question.walked)
    return _is_any(select(Ticket.id).where(_matches(Ticket, question.listed)), ticket)


def _matches(ticket: Any, query: str) -> ColumnElement[bool]:
    return ticket.search.op("@@", is_comparison=True)(cast(query, TSQUERY))
