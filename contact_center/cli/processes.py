"""The long-running processes, each a command of its own so that any process manager can run them."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import click
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from celery.exceptions import SecurityWarning

from contact_center.cli.opening import open_app
from contact_center.config import Config
from contact_center.extensions import celery


@click.command()
def web() -> None:
    """Serve the pages and sockets (gunicorn, threads; one process per core)."""
    config = Config.from_env()
    processes = config.web_processes or os.cpu_count() or 1
    os.execvp(
        sys.executable,
        [
            sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(processes),
            "--threads", str(config.web_threads), "--timeout", "0", "--graceful-timeout", "5", "--keep-alive", "30",
            "--bind", f"{config.host}:{config.port}", "--no-control-socket", "contact_center:create_app()",
        ],
    )  # fmt: skip


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


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    ini = Path(__file__).parents[2] / "alembic.ini"
    alembic.upgrade(AlembicConfig(str(ini)), "head")


COMMANDS = (web, worker, beat, migrate)
