"""The migrations lead exactly to what the models say."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import create_engine, text

from contact_center.embedded import ROOT
from tests.database import WorkerDatabase


@pytest.fixture
def alembic(database: WorkerDatabase) -> AlembicConfig:
    config = AlembicConfig(ROOT / "alembic.ini")
    config.attributes["url"] = database.urls["DATABASE_URL"]
    return config


def test_the_migrations_lead_to_the_models(alembic: AlembicConfig) -> None:
    command.check(alembic)


def test_a_difference_would_be_noticed(alembic: AlembicConfig, database: WorkerDatabase) -> None:
    engine = create_engine(database.urls["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE agent ADD COLUMN forgotten text"))
    engine.dispose()
    try:
        with pytest.raises(command.util.CommandError, match="forgotten"):
            command.check(alembic)
    finally:
        database.renew()
