"""`contact-center traffic calls`: a storm of scripted calls against this installation's database, in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import text

from contact_center.cli.opening import as_json, configured, opened_with
from contact_center.extensions import db
from contact_center.routing import bell

_ACCOUNT: dict[str, Any] = {
    "twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "0" * 32, "twilio_api_key": "SK" + "0" * 32,
    "twilio_api_secret": "0" * 32, "twilio_app_sid": "AP" + "0" * 32, "twilio_api_base": "http://127.0.0.1:9",
}  # fmt: skip


@click.command()
@click.option("--count", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many calls.")
@click.option("--agents", type=click.IntRange(1, 500), default=10, show_default=True, help="How many answer them.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed is the same day.")
@click.option("--faults", is_flag=True, help="Agents who do not answer, browsers that die, callbacks lost and doubled.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def calls(count: int, agents: int, seed: int, *, faults: bool, is_json: bool) -> None:
    """Let scripted people call, and scripted agents answer, with the phone company in this process.

    Everything else is the product: signed webhooks, rows, routing. Time is virtual and lies in the past; the rows stay.
    """
    from contact_center.demo.calling import stage, traffic

    app = opened_with(replace(configured(), **_ACCOUNT))
    with app.app_context(), _alone():
        start, crew = stage.set_up(agents)
        counted = traffic.storm(app, start, crew, count, seed=seed, is_faulty=faults)
        stage.clear(crew)
    if is_json:
        as_json(counted.as_json())
        return
    click.echo(
        f"{counted.calls} calls in {counted.seconds / 60:.0f} virtual minutes: {counted.answered} answered, "
        f"{counted.abandoned} abandoned, {counted.stuck} stuck, {counted.double_offered} offered twice, "
        f"{counted.silent} left in silence, {counted.broken} rules broken; {counted.webhooks} webhooks"
    )


@contextmanager
def _alone() -> Iterator[None]:
    """No dispatcher of the installation may work meanwhile: its time is another. Raises UsageError."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        if not line.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": bell.AT_WORK}):
            raise click.UsageError(
                "a dispatcher is at work on this database, in another time: stop the site, or use another DATA_DIR"
            )
        try:
            yield
        finally:
            line.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": bell.AT_WORK})
