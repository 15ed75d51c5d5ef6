"""The web process. It becomes gunicorn, and so loads nothing of the application itself."""

from __future__ import annotations

import os
import sys

import click

from contact_center.config import Config


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
