"""What customers found out without an agent, asked from a terminal."""

from __future__ import annotations

from datetime import timedelta

import click

from contact_center import clock
from contact_center.cli.opening import as_json, in_app
from contact_center.selfservice import deflections as room


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def deflections(days: int, wants_json: bool) -> None:
    """Count what the portal answered; confirmed is what no ticket followed within 24 hours."""
    now = clock.now()
    rows = [
        {"kind": str(f.kind), "all": f.total, "confirmed": f.confirmed, "refuted": f.refuted, "open": f.open}
        for f in room.figures(now - timedelta(days=days), now)
    ]
    if wants_json:
        as_json(rows)
        return
    click.echo(f"{'kind':<12}{'all':>8}{'confirmed':>11}{'refuted':>9}{'open':>6}")
    for row in rows:
        click.echo(f"{row['kind']:<12}{row['all']:>8}{row['confirmed']:>11}{row['refuted']:>9}{row['open']:>6}")
