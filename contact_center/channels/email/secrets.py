"""Seal and unseal the passwords of mail servers, with a key derived from SECRET_KEY.

Settings seal what an administrator types; only connecting code unseals. Nothing here logs or shows a password.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from contact_center.errors import Unreadable
from contact_center.text.sayings import gettext


def seal(password: str) -> str:
    """The form in which *password* may lie in the database."""
    return _fernet(_secret()).encrypt(password.encode()).decode()


def unseal(sealed: str | None) -> str | None:
    """The password again (None stays None); raises Unreadable when SECRET_KEY is not the one it was sealed with."""
    if sealed is None:
        return None
    try:
        return _fernet(_secret()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            gettext("The stored password cannot be read because SECRET_KEY has changed: type the password again.")
        ) from None


def _secret() -> str:
    secret: str = current_app.config["CC"].secret_key
    return secret


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mailbox passwords").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
