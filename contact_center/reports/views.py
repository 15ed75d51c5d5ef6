"""What each view of `bi` can be split by, and who sees which of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_ALL = frozenset({"channel", "queue", "team", "agent", "tier", "product", "region", "kind", "customer"})


class Scope(StrEnum):
    """Which rows somebody sees who does not see all queues."""

    QUEUES = "QUEUES"  # those of their queues
    AGENTS = "AGENTS"  # those of people who serve one of their queues
    OPEN = "OPEN"  # those of their queues, and those of none


@dataclass(frozen=True, slots=True)
class View:
    """One view. `narrow` are further conditions, implied by the time asked for, by which its rows are found quickly."""

    name: str
    splits: frozenset[str] = _ALL
    scope: Scope = Scope.QUEUES
    narrow: tuple[str, ...] = ()


VIEWS = {
    view.name: view
    for view in (
        View("contact"),
        View("ticket"),
        View("ticket_state"),
        View("offer"),
        View("survey"),
        View("call", scope=Scope.OPEN),
        View(
            "agent_time",
            frozenset({"team", "agent"}),
            Scope.AGENTS,
            ("started_at < :until", "(ended_at > :since OR ended_at IS NULL)"),
        ),
        View("cost", scope=Scope.OPEN),
        View("search", _ALL | {"article"}, Scope.OPEN),
        View("article_use", _ALL | {"article"}, Scope.OPEN),
        View("deflection", frozenset({"channel", "tier", "region", "customer"}), Scope.OPEN),
    )
}  # fmt: skip
