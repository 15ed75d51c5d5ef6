"""Tiers from a terminal: count, look, apply, and what became of a customer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from contact_center import rows
from contact_center.cli.opening import as_json, in_app
from contact_center.customers.models import TIERS, Customer
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.floor import words
from contact_center.tiers import ranking
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import Origin, TierChange, TierRun

EX_NOINPUT, EX_TEMPFAIL = 66, 75  # sysexits.h


@click.group()
def tiers() -> None:
    """Rank the customers A to D by the settings in use."""


@tiers.command()
@click.option("--json", "wants_json", is_flag=True)
@in_app
def preview(wants_json: bool) -> None:
    """Count who would belong where; nothing is changed or kept. `share` is the share of all revenue, 0 to 1."""
    told = _told(_counted())
    db.session.rollback()
    _print(told, wants_json)


@tiers.command()
@click.option("--json", "wants_json", is_flag=True)
@in_app
def apply(wants_json: bool) -> None:
    """Count, and let the moves happen."""
    run = _counted()
    told = _told(run) | {"run": run.id, "moved": ranking.apply(run)}
    db.session.commit()
    _print(told, wants_json)


@tiers.command()
@click.option("--customer", "ref", default="", help="A customer's number: yours, or that of the page's address.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "wants_json", is_flag=True)
@in_app
def history(ref: str, limit: int, wants_json: bool) -> None:
    """Show the changes of one customer's tier, or the runs, newest first."""
    told = [_change(change) for change in _changes(ref, limit)] if ref else [_run(run) for run in ranking.runs(limit)]
    if wants_json:
        as_json(told)
        return
    with force_locale("en"):
        for row in told:
            click.echo(_change_line(row) if ref else _run_line(row))
    if not told:
        click.echo("this customer's tier has never changed" if ref else "nobody has been ranked yet")


def _counted() -> TierRun:
    try:
        return ranking.preview(tier_settings.current(), origin=Origin.COMMAND)
    except ContactCenterError as error:
        click.echo(f"contact-center: {error.sentence}", err=True)
        sys.exit(EX_TEMPFAIL)


def _told(run: TierRun) -> dict[str, Any]:
    figures = run.figures
    total = Decimal(figures["total"])
    return {
        "currency": figures["currency"],
        "since": figures["since"],
        "until": figures["until"],
        "tiers": [_tier(tier, figures["then"][tier], total) for tier in TIERS],
        "moves": figures["moves"],
        "up": figures["up"],
        "down": figures["down"],
        "left_out": figures["left_out"],
    }


def _tier(tier: str, figure: dict[str, Any], total: Decimal) -> dict[str, Any]:
    revenue = Decimal(figure["value"])
    share = float(round(revenue / total, 4)) if total > 0 else 0.0
    return {"tier": tier, "customers": figure["customers"], "revenue": float(revenue), "share": share}


def _print(told: dict[str, Any], wants_json: bool) -> None:
    if wants_json:
        as_json(told)
        return
    for row in told["tiers"]:
        revenue = f"{row['revenue']:,.2f} {told['currency']}"
        noun = "customer " if row["customers"] == 1 else "customers"
        click.echo(f"{row['tier']}  {row['customers']:>9,} {noun}  {revenue:>22}  {row['share']:>6.1%} of revenue")
    click.echo(f"{told['moves']:,} move: {told['up']:,} up, {told['down']:,} down")
    for out in told["left_out"]:
        click.echo(f"left out, no rate: {out['amount']} {out['currency']} of {out['customers']:,} customers")


def _changes(ref: str, limit: int) -> Sequence[TierChange]:
    customer = db.session.scalar(select(Customer).where(Customer.external_id == ref))
    if customer is None and (number := rows.number(ref)) is not None:
        customer = db.session.get(Customer, number)
    if customer is None:
        click.echo(f"contact-center: there is no customer {ref}", err=True)
        sys.exit(EX_NOINPUT)
    return ranking.history(customer.id, limit)


def _change(change: TierChange) -> dict[str, Any]:
    return {
        "at": change.at,
        "from": change.old,
        "to": change.new,
        "rule": change.rule,
        "place": change.place,
        "of": change.of,
        "value": float(change.value) if change.value is not None else None,
        "currency": change.currency,
        "by": change.agent.name if change.agent else None,
        "reason": change.reason,
        "run": change.run_id,
    }


def _change_line(row: dict[str, Any]) -> str:
    said = [str(words.rule_word(row["rule"])) + (f": {row['reason']}" if row["reason"] else "")]
    if row["place"] is not None:
        said.append(f"place {row['place']:,} of {row['of']:,}, {row['value']:,.2f} {row['currency']}")
    said += [f"by {row['by']}"] if row["by"] else []
    said += [f"run {row['run']}"] if row["run"] else []
    return f"{_minute(row['at'])}  {row['from'] or '–'} → {row['to'] or '–'}  {'; '.join(said)}"


def _run(run: TierRun) -> dict[str, Any]:
    who = run.applier or run.agent
    return {
        "run": run.id,
        "state": run.state,
        "origin": run.origin,
        "counted_at": run.counted_at,
        "applied_at": run.applied_at,
        "customers": run.figures.get("counted"),
        "moves": run.figures.get("moves"),
        "up": run.figures.get("up"),
        "down": run.figures.get("down"),
        "by": who.name if who else None,
        "settings": run.settings,
    }


def _run_line(row: dict[str, Any]) -> str:
    shares = " / ".join(row["settings"].get(f"share_{tier}", "?") for tier in "abc")
    told = f"{_minute(row['counted_at'])}  run {row['run']}  {words.state_word(row['state'])}  {shares} %"
    if row["moves"] is not None:
        told += f"  {row['moves']:,} of {row['customers']:,} move: {row['up']:,} up, {row['down']:,} down"
    return f"{told}  by {row['by']}" if row["by"] else f"{told}  {words.origin_word(row['origin']).lower()}"


def _minute(instant: datetime | None) -> str:
    """As the clocks of the installation show it."""
    zone = ZoneInfo(current_app.config["CC"].time_zone)
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else "not yet counted "
