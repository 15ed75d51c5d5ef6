"""A simulated day as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

import click

from contact_center.simulator.agreement import Line
from contact_center.simulator.figures import Figure, Report
from contact_center.simulator.whatif import Outcome

_HEAD = (
    f"{'':<18}{'offered':>8}{'answered':>9}{'left':>6}{'waiting':>8}{'level':>8}{'in time':>9}{'ASA':>10}{'p50':>10}"
    f"{'p90':>10}{'p99':>10}{'longest':>10}{'busy':>8}{'starved':>9}"
)


def show(outcome: Outcome) -> None:
    """Print it; of two, one under the other, then what the change brought."""
    _report(outcome.report)
    if outcome.other is None or outcome.difference is None:
        return
    click.echo()
    _report(outcome.other)
    found = outcome.difference
    click.echo(
        f"\nOf {outcome.report.total.offered:,}: {found.sooner:,} answered sooner, {found.later:,} later, "
        f"{found.same:,} as soon; {abs(found.gained):,.1f} s {'less' if found.gained >= 0 else 'more'} wait on average"
    )


def show_agreement(lines: Sequence[Line]) -> None:
    """Print what theory says beside what came out."""
    click.echo(f"{'model':<32}{'':<38}{'theory':>9}{'simulated':>11}{'±':>9}{'apart':>8}")
    for line in lines:
        click.echo(
            f"{line.model:<32}{line.what:<38}{line.theory:>9.4f}{line.simulated:>11.4f}{line.error:>9.4f}"
            f"{line.distance:>8.1f}"
        )
    click.echo("±: standard error by batch means; apart: in standard errors. The mean handle time is 1 unless said.")


def _report(report: Report) -> None:
    click.echo(report.name or "The day")
    click.echo(_HEAD)
    for title, figures in (("all", [report.total]), ("tier", report.tiers), ("", report.queues)):
        for figure in figures:
            name = f"{title} {figure.name or '–'}" if title == "tier" else figure.name or title
            click.echo(_line(name, figure))
    click.echo(f"level: answered within the queue's target; starved: waited over {_time(report.starved_seconds)}")


def _line(name: str, one: Figure) -> str:
    return (
        f"{_padded(name, 18)}{one.offered:>8,}{one.answered:>9,}{one.abandoned:>6,}{one.unserved:>8,}"
        f"{_share(one.service_level):>8}{_share(one.in_time):>9}{_time(one.asa):>10}{_time(one.p50):>10}"
        f"{_time(one.p90):>10}{_time(one.p99):>10}{_time(one.longest):>10}{_share(one.occupancy):>8}{one.starved:>9,}"
    )


def _padded(name: str, width: int) -> str:
    """Chinese characters take two columns of a terminal."""
    shown, free = "", width - 1
    for character in name:
        free -= 2 if east_asian_width(character) in "WF" else 1
        if free < 0:
            break
        shown += character
    return shown + " " * (1 + max(free, 0))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _time(seconds: float | None) -> str:
    """0:04, 12:30 or 3:05:00."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
