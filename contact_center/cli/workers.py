"""The processes that do the jobs: those who work on them, and the one that keeps the clocks."""

from __future__ import annotations

import sys
import warnings

import click
from celery.apps.beat import Beat  # not by Celery's own commands: they load a whole command line with completion
from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning

from contact_center.cli.opening import open_app
from contact_center.extensions import celery

# A sweep every five seconds is not news; what goes wrong is.
QUIET = {"quiet": True, "loglevel": "WARNING"}
# Workers need not know of one another.
ALONE = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Tasks at a time.")
def worker(concurrency: int) -> None:
    """Work on the jobs: deliveries and sweeps."""
    open_app()
    warnings.filterwarnings("ignore", category=SecurityWarning)  # of root and pickled messages, which we do not take
    click.echo("worker starts")
    at_work = Worker(app=celery, pool_cls="threads", concurrency=concurrency, **ALONE, **QUIET)
    at_work.start()
    sys.exit(at_work.exitcode)


@click.command()
def beat() -> None:
    """Keep the clocks. Run exactly one."""
    open_app()
    click.echo("beat starts")
    Beat(app=celery, **QUIET).run()
