"""The `contact-center` command: the processes of the product, and questions to it from a terminal.

Commands that answer a question take `--json`. Each opens the application itself; nothing here decides anything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from contact_center import __version__, create_app
from contact_center.config import Config, ConfigError


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Run and question the contact centre."""


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application; a missing setting is one sentence and exit code 78 (EX_CONFIG)."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            app = create_app()
        except ConfigError as error:
            click.echo(f"contact-center: {error}", err=True)
            sys.exit(78)
        with app.app_context():
            return command(*args, **kwargs)

    return run


@main.command()
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


@main.command()
@click.option("--concurrency", default=4, show_default=True, help="Tasks at a time.")
def worker(concurrency: int) -> None:
    """Work on the jobs: deliveries and sweeps."""
    _celery("worker", "--pool", "threads", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")


@main.command()
def beat() -> None:
    """Keep the clocks. Run exactly one."""
    _celery("beat")


def _celery(*arguments: str) -> None:
    from contact_center.extensions import celery

    create_app()
    celery.start([*arguments, "--loglevel", "INFO"])


@main.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    from alembic import command
    from alembic.config import Config as AlembicConfig

    command.upgrade(AlembicConfig(str(Path(__file__).parent.parent / "alembic.ini")), "head")
