"""`contact-center demo`: fill an empty installation; with --scale, fill tables by the million for benches."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app

from contact_center.cli.opening import in_app
from contact_center.demo import casting, hotline, installing, people, scale_archive
from contact_center.demo import scale as filling

_NUMBER = click.IntRange(0)


@click.command()
@click.option(
    "--stories", type=_NUMBER, default=installing.STORIES, show_default=True, help="How many requests the year had."
)
@click.option(
    "--scale", type=_NUMBER, default=0, help="Instead: so many customers and tickets, five times as many messages."
)
@click.option(
    "--orders",
    type=click.IntRange(0, scale_archive.MOST),
    help="With --scale: so many orders, with parcels, invoices, payments, devices; as many as customers unless said.",
)
@in_app
def demo(stories: int, scale: int, orders: int | None) -> None:
    """Install the demo: 300 customers, 9 people, a year of requests. Only into an empty database."""
    if orders is not None and not scale:
        raise click.UsageError("--orders goes with --scale")
    if not installing.is_empty():
        click.echo("contact-center: this installation is in use; the demo goes only into an empty one.", err=True)
        sys.exit(1)
    if scale:
        _fill(scale, scale if orders is None else orders)
        return
    with click.progressbar(length=1000, label="A year of history", file=sys.stderr) as bar:

        def progress(share: float) -> None:
            bar.update(max(0, min(1000, int(share * 1000)) - bar.pos))

        installing.install(progress, stories=stories)
    _note_sign_ins(current_app.config["CC"].data_dir)
    hotline.note_book(current_app.config["CC"].data_dir, [each.buyer.email for each in casting.TOLD])
    click.echo("Sign in with:")
    for name, email, role in installing.sign_ins():
        click.echo(f"  {email:<22}{people.PASSWORD:<18}{name} ({role})")
    click.echo(f"As a customer, on the portal: {casting.TOLD[0].buyer.email}; the code: contact-center outbox")


def _fill(size: int, orders: int) -> None:
    url = current_app.config["CC"].database_url.replace("+psycopg", "")
    with click.progressbar(length=1000, label=f"{size:,} customers", file=sys.stderr, item_show_func=str) as bar:

        def progress(share: float, what: str) -> None:
            bar.update(int(share * 1000) - bar.pos, what)

        filling.fill(url, size, size, progress, orders=orders)
    click.echo(f"{size:,} customers, {size:,} tickets, {size * 5:,} messages and {orders:,} orders.")
    click.echo("Sign in with contact-center admin create; contact-center tiers apply ranks the customers.")


def _note_sign_ins(data_dir: Path) -> None:
    """For the screen that the start ends with: one account a role, one that works in Chinese, and two customers."""
    shown = ("ada@", "chenyue@", "lee@", "admin@")
    entries = [
        {"role": role, "email": email, "password": people.PASSWORD}
        for _, email, role in installing.sign_ins()
        if email.startswith(shown)
    ]
    entries += [{"role": "customer", "email": told.buyer.email} for told in casting.TOLD]
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "sign-ins.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(entries, ensure_ascii=False))
