"""Objects without an app, and the declarative base with its column vocabulary.

Models derive from `Base`, never from `db.Model` (which type checkers cannot see through).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from celery import Celery
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import ARRAY, BigInteger, DateTime, Enum, Identity, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

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


db = SQLAlchemy()
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)
socketio = SocketIO()
celery = Celery("contact_center")
