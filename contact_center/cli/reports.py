"""`contact-center report`: any metric of the registry from a terminal, the same figures as on the screens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask_babel import force_locale

from contact_center import clock
from contact_center.cli.opening import as_json, in_app
from contact_center.errors import ContactCenterError, Invalid
from contact_center.extensions import db
from contact_center.reports import asking, dimensions, metrics, sweeping
from contact_center.reports.asking import Answer, Line, Question
from contact_center.reports.dimensions import DIMENSIONS, GRAINS
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Unit

EX_USAGE = 64  # sysexits.h
DAYS = 28  # that are told of unless said otherwise
_BY = [*DIMENSIONS, *GRAINS]


@click.command()
@click.argument("metric", required=False)
@click.option("--by", type=click.Choice(_BY), metavar="DIMENSION", help=f"Split by one of: {', '.join(_BY)}.")
@click.option("--from", "since", metavar="DATE", help=f"A day or an instant; else {DAYS} days before the end.")
@click.option("--to", "until", metavar="DATE", help="Until before this day or instant; else now.")
@click.option("--zone", metavar="ZONE", help="Whose days they are, such as Europe/Berlin; else the installation's.")
@click.option("--only", multiple=True, metavar="DIMENSION=VALUE", help="Only such rows; again for more.")
@click.option("--json", "wants_json", is_flag=True)
@click.option("--list", "wants_list", is_flag=True, help="Say which metrics there are, with their formulas.")
@click.option("--rebuild", is_flag=True, help="First count all roll-ups from nothing; alone, do only that.")
@in_app
def report(*, metric: str | None, wants_json: bool, wants_list: bool, rebuild: bool, **options: Any) -> None:
    """Tell a METRIC, whole or split: `contact-center report service_level --by queue --from 2026-11-01`.

    Shares are 0 to 1, times seconds; n is what was counted, low and high bound the 95 % interval where there is one.
    """
    with force_locale("en"):
        if rebuild:
            sweeping.rebuild(db.session.commit)
        if wants_list:
            _list(wants_json)
        if wants_list or (rebuild and metric is None):
            return
        if metric is None:
            raise click.UsageError("Say which metric, or --list.")
        try:
            question = _question(metric, **options)
            found = asking.answer(None, question)
        except ContactCenterError as error:
            click.echo(f"contact-center: {error.sentence}", err=True)
            sys.exit(EX_USAGE)
        _tell(metrics.get(metric), question, found, wants_json=wants_json)


def _question(
    metric: str, *, by: str | None, since: str | None, until: str | None, zone: str | None, only: Sequence[str]
) -> Question:
    name = zone or current_app.config["CC"].time_zone
    try:
        clocks = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(f"There is no time zone “{name}”.") from None
    end = _instant(until, clocks) if until else clock.now()
    begin = _instant(since, clocks) if since else end - timedelta(days=DAYS)
    return Question((metric,), by, begin, end, name, tuple(_pair(each) for each in only))


def _instant(typed: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(f"“{typed}” is neither a day (2026-11-23) nor an instant (2026-11-23T10:00).") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _pair(typed: str) -> tuple[str, str]:
    """A value may be a row's number, or what the row is called."""
    key, sign, value = typed.partition("=")
    if not sign:
        raise Invalid(f"“{typed}” is not like queue=3: a dimension and its value.")
    dimension = dimensions.get(key)
    if dimension.model is not None and value != dimensions.NONE and not value.isdecimal():
        return key, dimensions.number_of(key, value)
    return key, value


def _list(wants_json: bool) -> None:
    found = metrics.registry().values()
    if wants_json:
        as_json([
            {
                "metric": metric.key, "topic": metric.topic, "name": str(metric.name), "unit": metric.unit,
                "formula": str(metric.formula), "source": str(metric.source), "edges": str(metric.edges),
            }
            for metric in found
        ])  # fmt: skip
        return
    for metric in found:
        click.echo(f"{metric.key:<22}{metric.name}\n{'':<22}{metric.formula}")


def _tell(metric: Metric, question: Question, found: Answer, *, wants_json: bool) -> None:
    if wants_json:
        as_json({
            "metric": metric.key, "unit": metric.unit, "formula": str(metric.formula), "from": question.since,
            "to": question.until, "zone": question.zone, "by": question.by,
            "rows": [_row(metric, question, line) for line in found.rows],
            "total": _figure(found.total.figures[metric.key]),
        })  # fmt: skip
        return
    width = max([5, *(len(line.name) for line in found.rows)]) + 2
    click.echo(f"{metric.name}: {metric.formula}")
    for line in [*found.rows, *([found.total] if question.by else [])]:
        click.echo(f"{line.name:<{width}}{_said(metric, line.figures[metric.key])}")


def _row(metric: Metric, question: Question, line: Line) -> dict[str, Any]:
    figure = _figure(line.figures[metric.key])
    if question.by is None:
        return figure
    if line.at is not None:
        is_fine = question.by in ("quarter-hour", "hour")
        return {question.by: line.key if is_fine else line.name, **figure}
    is_missing = line.key == dimensions.NONE
    if dimensions.get(question.by).model is None:
        return {question.by: None if is_missing else line.key, **figure}
    return {question.by: None if is_missing else line.name, "id": None if is_missing else int(line.key), **figure}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "n": figure.n, "value": _rounded(figure.value), "low": _rounded(figure.low), "high": _rounded(figure.high),
        "counters": {name: int(number) for name, number in figure.counters.items()},
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _said(metric: Metric, figure: Figure) -> str:
    if figure.value is None:
        return f"{'–':>12}  n {figure.n:,}"
    interval = "" if figure.low is None else f"  95 %: {_value(metric, figure.low)} to {_value(metric, figure.high)}"
    few = "" if figure.is_enough or not metric.bottom else "  too few to judge by"
    return f"{_value(metric, figure.value):>12}  n {figure.n:,}{interval}{few}"


def _value(metric: Metric, value: float | None) -> str:
    number = value or 0.0
    if metric.unit is Unit.SHARE:
        return f"{number:.1%}"
    if metric.unit is Unit.COUNT:
        return f"{number:,.0f}"
    return f"{number:,.0f} s" if metric.unit is Unit.SECONDS else f"{number:,.2f}"
