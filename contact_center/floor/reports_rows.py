"""The rows behind a figure: the very contacts, tickets, surveys that were counted, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, clock
from contact_center.extensions import db
from contact_center.floor import reports_choices as choices
from contact_center.floor import reports_reading as reading
from contact_center.floor import reports_showing as showing
from contact_center.floor import reports_words as words
from contact_center.reports import drilling, metrics, wording
from contact_center.reports.asked import Asked
from contact_center.reports.drilling import Part, Row
from contact_center.reports.metrics import Metric, Unit
from contact_center.tickets.messages import Interaction, InteractionState

blueprint = Blueprint("reports_rows", __name__, url_prefix="/floor/reports")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of the rows: its word, how many, where they are."""

    word: str
    count: int
    url: str
    is_on: bool


@blueprint.get("/rows")
@access.supervisor
def show() -> str:
    """One page of them."""
    viewer, said = access.me(), reading.asked()
    metric, part = chosen()
    found = drilling.rows(viewer, metric.key, said.question([metric.key]), part=part, after=_after(), limit=PAGE + 1)
    [told] = showing.told(viewer, replace(said, compares=False), [metric.key], clock.now())
    last = found[PAGE - 1] if len(found) > PAGE else None
    rows = found[:PAGE]
    return render_template(
        "floor/report_rows.html", section="floor", page="reports", metric=metric, part=part, told=told, said=said,
        rows=[(row, said_of) for row, said_of in zip(rows, _outcomes(metric, rows), strict=True)],
        facets=_facets(said, metric, part, told), narrowed=_narrowed(said, metric, part), problem=said.problem,
        next=reading.to("reports_rows.show", said, more={**_kept(metric, part), "after": _edge(last)}) if last else "",
        kept=_kept(metric, part), reading=reading, words=words, wording=wording, zone=said.zone.key,
    )  # fmt: skip


def chosen() -> tuple[Metric, Part]:
    """The metric and the part that the address names."""
    metric = metrics.registry().get(request.args.get("metric", ""))
    if metric is None:
        abort(404)
    typed = request.args.get("part", "").upper()
    return metric, Part(typed) if typed in set(Part) else Part.ALL


def _facets(said: Asked, metric: Metric, part: Part, told: words.Told) -> list[Facet]:
    """All, and the two parts of a share."""
    if not words.has_parts(metric):
        return []
    counts = {Part.ALL: told.bottom, Part.TOP: told.top, Part.REST: told.bottom - told.top}
    return [
        Facet(words.part(metric, one), round(counts[one]), reading.rows(said, metric.key, one), one is part)
        for one in Part
    ]


def _narrowed(said: Asked, metric: Metric, part: Part) -> list[tuple[str, str, str]]:
    kept = _kept(metric, part)
    return [(name, value, f"{url}&metric={kept['metric']}") for name, value, url in choices.narrowed(said)]


def _kept(metric: Metric, part: Part) -> dict[str, str]:
    return {"metric": metric.key, "part": "" if part is Part.ALL else part.lower()}


def _outcomes(metric: Metric, rows: Sequence[Row]) -> list[str]:
    """What a row adds to the figure, in words."""
    if metric.view == "contact" and metric.at == "at":
        ids = [row.interaction_id for row in rows if row.interaction_id]
        found = {one.id: one for one in db.session.scalars(select(Interaction).where(Interaction.id.in_(ids)))}
        return [_waited(found.get(row.interaction_id or 0)) for row in rows]
    if metric.unit is Unit.SECONDS:
        return [wording.seconds(sum(row.counters[name] for name in metric.top)) for row in rows]
    if not words.has_parts(metric):
        return ["" for _row in rows]
    return [
        words.part(metric, Part.TOP if any(row.counters[name] for name in metric.top) else Part.REST) for row in rows
    ]


def _waited(contact: Interaction | None) -> str:
    """What became of somebody who waited, and after how long."""
    if contact is None:
        return ""
    if contact.answered_at is not None:
        return str(_("answered after %(wait)s", wait=_since(contact, contact.answered_at)))
    if contact.state is InteractionState.ABANDONED and contact.ended_at is not None:
        return str(_("gave up after %(wait)s", wait=_since(contact, contact.ended_at)))
    return str(_("not answered")) if contact.ended_at is not None else str(_("still waits"))


def _since(contact: Interaction, at: datetime) -> str:
    return wording.seconds((at - contact.queued_at).total_seconds())


def _edge(row: Row | None) -> str:
    return f"{row.at.isoformat()}~{row.id}" if row else ""


def _after() -> Any:
    """The edge of the page before; a damaged one leads to the beginning."""
    at, _tilde, number = request.args.get("after", "").partition("~")
    try:
        return (datetime.fromisoformat(at), int(number)) if 0 < int(number) < 2**63 else None
    except ValueError:
        return None
