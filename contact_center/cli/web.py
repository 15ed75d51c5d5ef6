"""The web process: gunicorn, which loads the application once and forks the processes that open it."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
from gunicorn.app import wsgiapp

from contact_center import loading
from contact_center.config import Config


@click.command()
def web() -> None:
    """Serve the pages and sockets (gunicorn, threads; one process per core)."""
    config = Config.from_env()
    processes = config.web_processes or os.cpu_count() or 1
    with loading():
        import_module("contact_center.wiring")
    sys.argv = [
        wsgiapp.__file__, "--worker-class", "gthread", "--workers", str(processes),
        "--threads", str(config.web_threads), "--timeout", "0", "--graceful-timeout", "5", "--keep-alive", "30",
        "--bind", f"{config.host}:{config.port}", "--no-control-socket", "contact_center:create_app()",
    ]  # fmt: skip
    wsgiapp.run()
