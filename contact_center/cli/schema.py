"""The database's schema, and what rows of an older release lack."""

from __future__ import annotations

from pathlib import Path

import click
from alembic import command as alembic
from alembic.config import Config as AlembicConfig

from contact_center.cli.opening import open_app
from contact_center.extensions import db
from contact_center.tickets import catching_up


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    ini = Path(__file__).parents[2] / "alembic.ini"
    alembic.upgrade(AlembicConfig(str(ini)), "head")
    with open_app().app_context():
        _begin_deadlines()


def _begin_deadlines() -> None:
    """Tickets that were open before there were deadlines get theirs; what arrived since then has them."""
    beyond = catching_up.begin_missing()
    while beyond:
        db.session.commit()
        beyond = catching_up.begin_missing(beyond)
