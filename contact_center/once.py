"""A form is acted upon once, however often it is sent: by a second click, another try, or a page that was gone back to.

Doors wrap what makes a row in `made`; the form brings a random value, from `ui.once()` in its template. Which of two
posts is the first is decided by the primary key, never by looking.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, LargeBinary, delete, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import access, clock
from contact_center.errors import IllegalMove
from contact_center.extensions import Base, db

FIELD = "once"  # the name of the form's hidden field
KEPT_FOR = timedelta(days=1)
_VALUE = re.compile(r"[\w-]{16,64}", re.ASCII)
Row = TypeVar("Row", bound=Base)


class FormUse(Base):
    """A form that was sent: `digest` of what it said, and what came of it (`row_id`, empty until the same commit)."""

    __tablename__ = "form_use"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    row_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)


def value() -> str:
    """A new value for the hidden field of a form that is about to be shown."""
    return secrets.token_urlsafe(16)


def made(kind: type[Row], make: Callable[[], Row]) -> Row:
    """The row of *kind* that *make* makes; where this form was sent before, the row that it made then.

    The caller commits: of two posts at once the second waits here for the commit of the first, and if that fails has
    its own turn. A form without a value is acted upon every time. Raises IllegalMove if the form says something else
    now than when it was used: then nobody can tell which is meant.
    """
    given = request.form.get(FIELD, "")
    if not _VALUE.fullmatch(given):
        return make()
    mine = (FormUse.agent_id == access.me().id) & (FormUse.value == given)
    if not _claim(given):
        return _made_before(kind, *db.session.execute(select(FormUse.row_id, FormUse.digest).where(mine)).one())
    row = make()
    db.session.flush()
    [row_id] = inspect(row, raiseerr=True).identity or ()
    db.session.execute(update(FormUse).where(mine).values(row_id=row_id))
    return row


def sweep() -> None:
    """Forget forms that nobody will send again."""
    db.session.execute(delete(FormUse).where(FormUse.at < clock.now() - KEPT_FOR))


def _claim(given: str) -> bool:
    """Whether this is the first time; while another post of the same form is under way, wait for its end."""
    use = insert(FormUse).values(agent_id=access.me().id, value=given, digest=_digest(), at=clock.now())
    return db.session.scalar(use.on_conflict_do_nothing().returning(FormUse.value)) is not None


def _made_before(kind: type[Row], row_id: int | None, digest: bytes) -> Row:
    row = db.session.get(kind, row_id) if digest == _digest() else None
    if row is None:
        raise IllegalMove(_("This has been sent already. Look at what came of it before you send it again."))
    return row


def _digest() -> bytes:
    said = [pair for pair in request.form.items(multi=True) if pair[0] not in (FIELD, "csrf_token")]
    secret: str = current_app.config["CC"].secret_key  # a form may hold a password, which nobody shall try out on this
    return hmac.digest(secret.encode(), json.dumps([request.full_path, sorted(said)]).encode(), "sha256")
