"""The database's schema."""

from __future__ import annotations

from pathlib import Path

import click
from alembic import command as alembic
from alembic.config import Config as AlembicConfig


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    ini = Path(__file__).parents[2] / "alembic.ini"
    alembic.upgrade(AlembicConfig(str(ini)), "head")
