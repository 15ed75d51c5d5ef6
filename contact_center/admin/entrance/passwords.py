"""Which passwords are good enough: long, not the name on the door. No rules about kinds of characters.

Flask-Security asks it for reset and change; invitations and the command line ask it themselves.
"""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_security import PasswordUtil

LONGEST = 200
_FEWEST_DIFFERENT = 5


class Passwords(PasswordUtil):
    """Flask-Security's check with ours behind it."""

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """The problems of *password*, or None, and its normal form."""
        problems, normal = super().validate(password, is_register, **known)
        if problems:
            return problems, normal
        person = known.get("user")
        about = [person.email, person.name] if person is not None else [known.get("email", ""), known.get("name", "")]
        problem = weakness(normal, about)
        return ([problem] if problem else None), normal


def weakness(password: str, about: list[str]) -> str | None:
    """What makes *password* easy to guess for somebody who knows *about*; None if nothing does."""
    if len(password) > LONGEST:
        return str(_("Use %(longest)d characters at most.", longest=LONGEST))
    if len(set(password)) < _FEWEST_DIFFERENT:
        return str(_("Use at least %(fewest)d different characters.", fewest=_FEWEST_DIFFERENT))
    rest = password.casefold()
    for word in _words([*about, current_app.config["CC"].brand]):
        rest = rest.replace(word, "")
    if len(rest) < _FEWEST_DIFFERENT:
        return str(_("This is too close to your name or your address."))
    return None


def _words(about: list[str]) -> list[str]:
    """The parts of names and addresses, the longest first."""
    parts = {part for text in about for part in text.casefold().replace("@", " ").replace(".", " ").split()}
    return sorted((part for part in parts if len(part) > 2), key=len, reverse=True)
