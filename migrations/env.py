"""Alembic's environment: the models' metadata against DATABASE_URL, with locks that give up soon."""

from alembic import context
from sqlalchemy import create_engine, text

from contact_center.config import Config
from contact_center.wiring import metadata

LOCK_TIMEOUT = "4s"  # a migration that cannot get its lock must fail rather than hold up the queue of readers behind it


def run() -> None:
    url = context.config.attributes.get("url") or Config.from_env().database_url
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
