"""The reports: the overview, the ready pages, the explorer, and what each figure is. For supervisors, of their queues.

A page asks `reports.asking` and draws what it answers; what it asks is its address, so that an address is a report.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request

from contact_center import access, clock
from contact_center.errors import Invalid
from contact_center.floor import reports_choices as choices
from contact_center.floor import reports_drawing as drawing
from contact_center.floor import reports_reading as reading
from contact_center.floor import reports_showing as showing
from contact_center.floor import reports_words as words
from contact_center.floor.reports_words import Told
from contact_center.reports import dimensions, figures, metrics, periods, saved, unusual, wording
from contact_center.reports import pages as ready
from contact_center.reports.asked import Asked
from contact_center.reports.dimensions import DIMENSIONS, GRAINS
from contact_center.reports.drilling import Part
from contact_center.reports.pages import Page, Table
from contact_center.reports.periods import CUSTOM, Named
from contact_center.reports.unusual import Movement

blueprint = Blueprint("reports", __name__, url_prefix="/floor/reports")
_FOUND, _POINTED_OUT = 200, 8  # of what was not as usual
_MOST = 500  # lines of a table on a screen; a file has them all


@blueprint.app_template_filter("report_width")
def _width(value: float | None, most: float | None) -> str:
    """How long a bar is, in per cent of the longest."""
    return f"{100 * (value or 0) / most:.1f}" if most else "0"


@blueprint.app_template_global("report_links")
def _links() -> tuple[tuple[str, str, str, str], ...]:
    """The ready pages for the list on the left."""
    return tuple(
        (f"reports-{one.key}", f"/floor/reports/{one.key}", str(one.name), one.icon) for one in ready.all_known()
    )


for _name, _filter in words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("")
@access.supervisor
def overview() -> str:
    """The ready pages with their main figure, what was not as usual, and one's saved reports."""
    viewer, now, said = access.me(), clock.now(), reading.asked(Named.YESTERDAY)
    pages_there = ready.all_known()
    keys = dict.fromkeys(said.fitting(page.main for page in pages_there))
    told = {one.metric.key: one for one in showing.told(viewer, said, list(keys), now)}
    return render_template(
        "floor/reports.html", page="reports", said=said, pages=pages_there, told=told,
        unusual=reading.to("reports.not_as_usual", said), saved=saved.all_of(viewer), **_frame(said, None),
    )  # fmt: skip


@blueprint.get("/not-as-usual")
@access.supervisor
def not_as_usual() -> str:
    """What was unusual on the day of the overview, else yesterday; a part of the page that looks at nine weeks."""
    said = reading.asked(Named.YESTERDAY)
    is_over = said.period.days == 1 and said.period.is_of_days and said.period.until <= clock.now()
    day = said.period if is_over else periods.named(Named.YESTERDAY, clock.now(), said.zone)
    found = _most_telling(unusual.movements(access.me(), day.first_day, said.zone.key, _FOUND))
    return render_template(
        "floor/_unusual.html", day=day, unusual=[(one, _page_of(one, replace(said, period=day))) for one in found]
    )


@blueprint.get("/<key>")
@access.supervisor
def page(key: str) -> str:
    """A ready page."""
    chosen = ready.get(key)
    if chosen is None:
        abort(404)
    viewer, now, said = access.me(), clock.now(), reading.asked(chosen.usual)
    figures = showing.told(viewer, said, chosen.known(said), now)
    drawn = [drawing.over_time(viewer, said, chart, now) for chart in chosen.drawn(said)]
    if chosen.key == "service-level" and drawn:
        drawn[0].target = choices.target(viewer, said)
    tables = [showing.table(viewer, said, table) for table in chosen.tabled(said)]
    return render_template(
        "floor/report.html", page=f"reports-{key}", chosen=chosen, said=said, figures=figures, drawn=drawn,
        tables=tables, lost=showing.lost(viewer, said, chosen.main, now) if chosen.key == "service-level" else [],
        left_out=_left_out(said, chosen), **_frame(said, chosen),
        better_served=showing.better_served(tables) if chosen.key == "tiers" else [],
    )  # fmt: skip


@blueprint.get("/explore")
@access.supervisor
def explore() -> str:
    """Any metrics by any dimension or time: the address is all there is to it."""
    viewer, now = access.me(), clock.now()
    said = reading.asked(Named.TWELVE_WEEKS)
    said = replace(said, metrics=said.metrics or (ready.USUAL_METRIC,), by=said.by or said.grain)
    problem, drawn, table = said.problem, [], None
    try:
        drawn = showing.explored(viewer, said, now)
        table = showing.table(viewer, said, Table(said.by, said.metrics, _MOST))
    except Invalid as error:
        problem = error.sentence
    return render_template(
        "floor/report_explore.html", page="explore", said=said, drawn=drawn, table=table,
        topics=[(topic, metrics.of_topic(topic)) for topic in metrics.TOPICS], dimensions=DIMENSIONS, grains=GRAINS,
        figures=showing.told(viewer, said, said.fitting(said.metrics), now),
        **{**_frame(said, None), "problem": problem},
    )  # fmt: skip


@blueprint.get("/metrics")
@access.supervisor
def all_metrics() -> str:
    """Every figure there is, with its formula."""
    topics = [(topic, metrics.of_topic(topic)) for topic in metrics.TOPICS]
    return render_template("floor/report_metrics.html", page="metrics", topics=topics)


@blueprint.get("/metrics/<key>")
@access.supervisor
def metric(key: str) -> str:
    """What one figure is: formula, source, edge cases, which instant places it, and the sum of today's address."""
    found = metrics.registry().get(key)
    if found is None:
        abort(404)
    said = reading.asked()
    said = said if said.fitting([key]) else replace(said, only=())
    [told] = showing.told(access.me(), said, [key], clock.now())
    return render_template(
        "floor/report_metric.html", page="metrics", metric=found, told=told, said=said, counters=_counters(told),
        rows=reading.rows(said, key), zone=said.zone.key, words=words,
    )  # fmt: skip


def _frame(said: Asked, chosen: Page | None) -> dict[str, Any]:
    """What the head of every report needs."""
    return {
        "problem": said.problem, "Part": Part, "CUSTOM": CUSTOM, "reading": reading, "words": words, "wording": wording,
        "periods": choices.periods(said), "filters": choices.filters(access.me(), said),
        "narrowed": choices.narrowed(said), "here": choices.here(), "chosen_page": chosen,
        "before": said.period.before(clock.now()), "PARTS": words.PARTS, "endpoint_args": request.view_args or {},
    }  # fmt: skip


def _left_out(said: Asked, chosen: Page) -> list[str]:
    """The figures that cannot be narrowed as this report is."""
    shown = chosen.known(said)
    every = [metrics.get(key) for key in chosen.known(replace(said, only=()))]
    return [str(one.name) for one in every if one.key not in shown and one.whole not in shown]


def _most_telling(found: list[Movement]) -> list[Movement]:
    """One of each figure: the whole, else the part that moved farthest. What went the wrong way stands first."""
    told = []
    for key in dict.fromkeys(one.metric.key for one in found):
        of_it = [one for one in found if one.metric.key == key and one.key != dimensions.NONE]
        told += [one for one in of_it if one.by is None][:1] or of_it[:1]
    return sorted(told, key=lambda one: one.is_good is not False)[:_POINTED_OUT]


def _page_of(one: Movement, said: Asked) -> str:
    """The page that shows an unusual figure."""
    narrowed = replace(said, only=one.only, metrics=())
    page = next((page for page in ready.all_known() if one.metric.key in (page.main, *page.figures)), None)
    if page is None:
        return reading.to("reports.explore", replace(narrowed, metrics=(one.metric.key,), by="hour"))
    return reading.to("reports.page", narrowed, key=page.key)


def _counters(told: Told) -> list[tuple[str, str, float]]:
    """What a figure was counted from: above or below the line, the counter, its sum."""
    parts = (("top", told.metric.top), ("bottom", told.metric.bottom))
    counted = told.figure.counters
    return [(part, name.removeprefix("-"), figures.total([name], counted)) for part, names in parts for name in names]
