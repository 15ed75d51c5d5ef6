"""Access tokens: who signs in with a browser, and which TwiML application they may call.

Source: "Access tokens": a JWT (HS256), signed with the secret of the API key that is its issuer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any, NamedTuple

from carrier.account import Account


class Holder(NamedTuple):
    """Who has signed in."""

    identity: str
    application: str
    until: float


def read(account: Account, token: str, now: float) -> Holder | None:
    """Whose token that is; None if it is not one of this account's, or over."""
    parts = token.split(".")
    if len(parts) != 3 or not account.api_secret:
        return None
    signature = hmac.new(account.api_secret.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    header, claims = _said(parts[0]), _said(parts[1])
    if header.get("alg") != "HS256" or not hmac.compare_digest(signature, _bytes(parts[2])):
        return None
    if (claims.get("iss"), claims.get("sub")) != (account.api_key, account.sid):
        return None
    return _holder(claims, now)


def _holder(claims: dict[str, Any], now: float) -> Holder | None:
    grants, until = claims.get("grants"), claims.get("exp")
    if not isinstance(grants, dict) or not isinstance(until, int | float) or until <= now:
        return None
    voice = grants.get("voice")
    outgoing = voice.get("outgoing") if isinstance(voice, dict) else None
    application = outgoing.get("application_sid") if isinstance(outgoing, dict) else None
    identity = grants.get("identity")
    if not isinstance(application, str) or not isinstance(identity, str) or not identity:
        return None
    return Holder(identity, application, float(until))


def _said(part: str) -> dict[str, Any]:
    try:
        said = json.loads(_bytes(part))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""
