"""Objects without an app, and the declarative base with its column vocabulary.

Models derive from `Base`, never from `db.Model` (which type checkers cannot see through).
"""

from __future__ import annotations

import time
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import psycopg
from celery import Celery
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import ARRAY, BigInteger, DateTime, Enum, Identity, MetaData, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.pool import Pool

BigId = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[int]: ARRAY(BigInteger),
    }


def states(enum: type[StrEnum], name: str | None = None) -> Enum:
    """A column type for a StrEnum: stored as its word, held by a CHECK constraint of that *name*."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name or enum.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


_IDLE_AFTER = 10.0  # seconds after which a pooled connection is asked whether it still lives


@event.listens_for(Pool, "checkin")
def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _ask_after_idleness(connection: Any, record: Any, _proxy: Any) -> None:
    """What `pool_pre_ping` does, but not before every transaction: on the way of a mail that is a tenth of its time."""
    if connection is None or time.monotonic() - record.info.get("used_at", time.monotonic()) < _IDLE_AFTER:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


db = SQLAlchemy()
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)
socketio = SocketIO()
celery = Celery("contact_center")
