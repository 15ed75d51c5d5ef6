"""What can be chosen on a report: periods, queues, channels and the rest, and what it is narrowed to.

Called by the report pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent, Team
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.floor import reports_reading as reading
from contact_center.queues import membership
from contact_center.queues.models import QueueMember
from contact_center.reports import dimensions, wording
from contact_center.reports import periods as all_periods
from contact_center.reports.asked import Asked
from contact_center.reports.dimensions import DIMENSIONS
from contact_center.reports.periods import Named
from contact_center.tickets import scope
from contact_center.tickets.models import RequestKind
from contact_center.value.settings import CHANNELS

SHOWN = ("queue", "channel", "tier", "team", "kind", "agent")  # the others come from the lines of tables


@dataclass(frozen=True, slots=True)
class Filter:
    """A dimension with the values one may narrow to; `chosen` is the one that is."""

    key: str
    name: str
    options: list[tuple[str, str]]
    chosen: str


def here() -> Callable[[Asked], str]:
    """Addresses of this very page with another question."""
    endpoint, values = request.endpoint or "reports.overview", dict(request.view_args or {})
    return lambda said: reading.to(endpoint, said, **values)


def periods(said: Asked) -> list[tuple[str, str, bool]]:
    """The periods that move with the days: word, address, whether it is the one shown."""
    url = here()
    return [
        (wording.period_name(name), url(replace(said, period=all_periods.named(name, clock.now(), said.zone))),
         said.period.name == name)
        for name in Named
    ]  # fmt: skip


def filters(viewer: Agent, said: Asked) -> list[Filter]:
    """What the report can be narrowed to by a choice."""
    chosen = dict(said.only)
    return [
        Filter(key, str(DIMENSIONS[key].name), options, chosen.get(key, ""))
        for key in SHOWN
        if (options := _options(viewer, key))
    ]


def narrowed(said: Asked) -> list[tuple[str, str, str]]:
    """What the report is narrowed to: the dimension, the value in words, the address without it."""
    url = here()
    found: list[tuple[str, str, str]] = []
    for key in dict.fromkeys(key for key, _value in said.only):
        values = [value for other, value in said.only if other == key]
        names = dimensions.names(key, values)
        name = str(DIMENSIONS[key].name)
        found += [(name, names.get(value, value), url(said.without(key, value))) for value in values]
    return found


def target(viewer: Agent, said: Asked) -> tuple[float, str] | None:
    """The service level that is aimed at, where all queues that are shown aim at the same."""
    wanted = {value for key, value in said.only if key == "queue"}
    queues = [queue for queue in membership.queues_of(viewer) if not wanted or str(queue.id) in wanted]
    found = {queue.target_percent for queue in queues}
    if len(found) != 1:
        return None
    [percent] = found
    return percent / 100, str(_("target %(share)s", share=wording.share(percent / 100, 0)))


def _options(viewer: Agent, key: str) -> list[tuple[str, str]]:
    if key == "queue":
        return [(str(queue.id), queue.name) for queue in membership.queues_of(viewer)]
    if key in ("team", "agent"):
        return _people(viewer, key)
    codes = {"channel": CHANNELS, "tier": TIERS, "kind": tuple(RequestKind)}[key]
    names = dimensions.names(key, codes)
    return [(code, names[code]) for code in codes]


def _people(viewer: Agent, key: str) -> list[tuple[str, str]]:
    """The teams of one's queues, and who serves them."""
    if key == "team":
        ids = {queue.team_id for queue in membership.queues_of(viewer) if queue.team_id}
        found = db.session.execute(select(Team.id, Team.name).where(Team.id.in_(ids)).order_by(Team.name))
    else:
        serving = select(QueueMember.agent_id).where(QueueMember.queue_id.in_(scope.queue_ids(viewer)))
        people = select(Agent.id, Agent.name).where(Agent.active, Agent.id.in_(serving)).order_by(Agent.name)
        found = db.session.execute(people)
    return [(str(row.id), row.name) for row in found]
