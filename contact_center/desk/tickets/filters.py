"""What the address of a list asks for, and the addresses of the same list with something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, clock, pages
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.desk import asked, words
from contact_center.extensions import db
from contact_center.tickets.lists import NOBODY, Counts, Filter, Row, Sort
from contact_center.tickets.models import UNSETTLED, Priority, RequestKind, TicketState

KEPT = (
    "state",
    "queue",
    "owner",
    "channel",
    "kind",
    "priority",
    "tag",
    "since",
    "due",
    "customer",
    "related",
    "q",
    "sort",
)
CHANNELS = ("email", "web", "sms", "phone")
DUE = {"overdue": timedelta(0), "soon": timedelta(hours=2), "day": timedelta(days=1)}  # from now
SINCE = {"1d": 1, "7d": 7, "30d": 30, "90d": 90}
_NO_LIMIT: dict[str, dict[str, Any]] = {
    "state": {"states": UNSETTLED},
    "queue": {"queue_ids": ()},
    "owner": {"assignee": None},
    "channel": {"channel": None},
    "kind": {"kind": None},
    "priority": {"priority": None},
    "tag": {"tag": None},
    "since": {"opened_since": None},
    "due": {"due_before": None},
    "customer": {"customer": None},
    "related": {"is_possibly_related": False},
    "q": {"text": ""},
}
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Asked:
    """A list as its address asks for it; anything unknown in the address is passed over."""

    filter: Filter
    sort: Sort
    args: dict[str, str]  # what of the address is in force

    @classmethod
    def of_request(cls) -> Asked:
        args = {name: typed for name in KEPT if (typed := request.args.get(name, "").replace("\0", "").strip())}
        wanted = Filter(
            states=_states(args.get("state", "")),
            queue_ids=tuple(filter(None, map(asked.whole, args.get("queue", "").split(",")))),
            assignee=_owner(args.get("owner", "")),
            customer=asked.whole(args.get("customer", "")) or None,
            channel=args.get("channel") if args.get("channel") in CHANNELS else None,
            kind=_word(RequestKind, args.get("kind", "")),
            priority=_word(Priority, args.get("priority", "")),
            tag=args.get("tag", "")[:64] or None,
            opened_since=_since(args.get("since", "")),
            due_before=_due(args.get("due", "")),
            is_possibly_related=args.get("related") == "1",
            text=args.get("q", "")[:200],
        )
        return cls(wanted, _sort(args, wanted), args)

    @property
    def is_unsettled(self) -> bool:
        return bool(self.filter.states) and all(state in UNSETTLED for state in self.filter.states)

    def active(self) -> list[str]:
        """The filters that are on, by their names in the address."""
        return [name for name in self.args if name != "sort" and self.without(name) != self.filter]

    def without(self, name: str) -> Filter:
        """The filter with one of its limits dropped."""
        return replace(self.filter, **_NO_LIMIT[name])

    def matches(self, row: Row) -> bool:
        """Whether a row that was on the page still belongs there, as far as the row itself can tell."""
        wanted = self.filter
        return (
            (not wanted.states or row.state in wanted.states)
            and (not wanted.queue_ids or row.queue_id in wanted.queue_ids)
            and (wanted.assignee is None or (row.assignee_id or NOBODY) == wanted.assignee)
            and (wanted.kind is None or row.kind == wanted.kind)
            and (wanted.priority is None or row.priority == wanted.priority)
            and (wanted.tag is None or wanted.tag in row.tags)
        )


def href(**changed: Any) -> str:
    """The address of the same list with something changed; None drops it. A change begins at the first page."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    wanted = {name: str(value) for name, value in (kept | changed).items() if value not in (None, "")}
    return url_for("tickets.listing.show", **wanted)  # type: ignore[arg-type]


def chips(current: Asked, counts: Counts) -> list[tuple[str, str, str]]:
    """The filters that are on as (name, label, value in words)."""
    labels = {
        "state": _("State"), "queue": _("Queue"), "owner": _("Owner"), "channel": _("Channel"), "kind": _("Kind"),
        "priority": _("Priority"), "tag": _("Tag"), "since": _("Opened"), "due": _("Due"),
        "customer": _("Customer"), "related": _("Link"), "q": _("Text"),
    }  # fmt: skip
    return [(name, labels[name], _in_words(name, current, counts)) for name in current.active()]


def _in_words(name: str, current: Asked, counts: Counts) -> str:
    wanted = current.filter
    spoken: dict[str, Callable[[], str]] = {
        "state": lambda: _state_words(wanted.states),
        "queue": lambda: _queue_words(wanted.queue_ids, counts),
        "owner": lambda: _owner_word(wanted.assignee),
        "channel": lambda: words.channel_word(wanted.channel or ""),
        "kind": lambda: words.request_word(wanted.kind),
        "priority": lambda: words.priority_short(wanted.priority or Priority.NORMAL),
        "tag": lambda: wanted.tag or "",
        "since": lambda: since_word(current.args["since"]),
        "due": lambda: due_word(current.args["due"]),
        "customer": lambda: _customer_word(wanted.customer),
        "related": lambda: _("Possibly related"),
        "q": lambda: wanted.text,
    }
    return spoken[name]()


def since_word(since: str) -> str:
    return {"1d": _("last 24 hours"), "7d": _("last 7 days"), "30d": _("last 30 days"), "90d": _("last 90 days")}[since]


def due_word(due: str) -> str:
    return {"overdue": _("overdue"), "soon": _("within 2 hours"), "day": _("within a day")}[due]


def _states(asked_for: str) -> tuple[TicketState, ...]:
    if asked_for == "all":
        return ()
    wanted = asked_for.split(",")
    return tuple(state for state in TicketState if state in wanted) or UNSETTLED


def _owner(asked_for: str) -> int | None:
    if asked_for == "nobody":
        return NOBODY
    if asked_for == "me":
        return int(access.me().id)
    return asked.whole(asked_for) or None


def _word(kind: type[Word], asked_for: str) -> Word | None:
    return kind(asked_for) if asked_for in kind.__members__ else None


def _since(asked_for: str) -> Any:
    return clock.now() - timedelta(days=SINCE[asked_for]) if asked_for in SINCE else None


def _due(asked_for: str) -> Any:
    return clock.now() + DUE[asked_for] if asked_for in DUE else None


def _sort(args: dict[str, str], wanted: Filter) -> Sort:
    """As asked; else who waits longest first where work is taken from, and the newest change elsewhere."""
    if args.get("sort") in list(Sort):
        return Sort(args["sort"])
    if wanted.due_before:
        return Sort.DUE
    is_work = wanted.assignee is not None or bool(wanted.queue_ids)
    return Sort.WAITING if is_work and wanted.states == UNSETTLED else Sort.CHANGED


def _state_words(states: tuple[TicketState, ...]) -> str:
    return pages.listed(map(words.state_word, states)) if states else _("All")


def _queue_words(queue_ids: tuple[int, ...], counts: Counts) -> str:
    names = {queue.id: queue.name for queue in counts.queues}
    return pages.listed(names.get(queue_id, "–") for queue_id in queue_ids)


def _owner_word(assignee: int | None) -> str:
    if assignee == access.me().id:
        return _("Me")
    name = db.session.scalar(select(Agent.name).where(Agent.id == assignee)) if assignee else None
    return name or _("Nobody")


def _customer_word(customer_id: int | None) -> str:
    return db.session.scalar(select(Customer.name).where(Customer.id == customer_id)) or "–"
