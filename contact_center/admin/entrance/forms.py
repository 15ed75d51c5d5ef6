"""The sign-in form, which empties the session before anybody comes in, and the check where it may lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import session
from flask_security import LoginForm
from wtforms import BooleanField


class SignInForm(LoginForm):
    """Address, password, and whether to stay signed in for two weeks."""

    remember = None  # no second cookie that signs in by itself; see `keep`
    keep = BooleanField()

    def validate(self, **kwargs: Any) -> bool:
        """Check, and start an empty session for whoever may come in: nothing planted in it before survives."""
        if not super().validate(**kwargs):
            return False
        start_afresh(keep=bool(self.keep.data))
        return True


def start_afresh(*, keep: bool = False) -> None:
    """Empty this browser's session, but for the language it chose."""
    language = session.get("language")
    session.clear()
    session.permanent = keep
    if language:
        session["language"] = language


def is_local(target: str) -> bool:
    """Whether a browser would stay on this very site: a path, nothing that only looks like one."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return False
    if any(character < " " or character == "\x7f" for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc
