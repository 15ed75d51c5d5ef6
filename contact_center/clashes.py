"""Two people at once: what one saves, or refers to, the other has removed in the same instant, or has made as well.

For all doors at once: the database notices, and nothing was written. What is no such thing stays an error of ours.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from contact_center.errors import IllegalMove

_GONE, _TWICE = "23503", "23505"  # PostgreSQL's words for a foreign key and a unique constraint that would be broken
_UNREAD = "Could not refresh instance"  # SQLAlchemy's, for a row that is gone and was to be locked
_log = logging.getLogger(__name__)


def watch(app: Flask) -> None:
    """Answer them as any refusal is answered."""
    for error in (IntegrityError, InvalidRequestError, StaleDataError):
        app.register_error_handler(error, partial(_answer, app))


def _answer(app: Flask, error: Exception) -> Any:
    return app.handle_user_exception(_told(error))


def _told(error: Exception) -> IllegalMove:
    """What the one who was later reads. Raises *error* itself if it is something else."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    is_gone = state == _GONE or isinstance(error, StaleDataError | ObjectDeletedError) or _UNREAD in str(error)
    if not is_gone and state != _TWICE:
        raise error
    _log.warning("two people at once: %s", error)
    if is_gone:
        return IllegalMove(_("Somebody else has removed this, or what belongs to it, just now. Nothing was saved."))
    return IllegalMove(_("Somebody else has saved the same just now. Reload the page and look."))
