"""The processes that do the jobs: those who work on them, and the one that keeps the clocks."""

from __future__ import annotations

import warnings

import click
from celery.exceptions import SecurityWarning

from contact_center.cli.opening import open_app
from contact_center.extensions import celery


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Tasks at a time.")
def worker(concurrency: int) -> None:
    """Work on the jobs: deliveries and sweeps."""
    _celery("worker", "--pool", "threads", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")


@click.command()
def beat() -> None:
    """Keep the clocks. Run exactly one."""
    _celery("beat")


def _celery(*arguments: str) -> None:
    open_app()
    # A sweep every five seconds is not news; what goes wrong is. Celery's warning about root is about pickled
    # messages, which we do not take.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    click.echo(f"{arguments[0]} starts")
    celery.start(["--quiet", *arguments, "--loglevel", "WARNING"])
