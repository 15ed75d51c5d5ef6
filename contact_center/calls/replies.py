"""What a question of the provider was answered, so that one asked again is answered alike, and counted once.

The provider's door keeps them in the transaction that answers, under the call's lock.
"""

from __future__ import annotations

from contact_center import clock
from contact_center.statement import Statement

_KEPT = Statement("SELECT body FROM call_reply WHERE key = :key")
_KEEP = Statement("""
    INSERT INTO call_reply (key, body, at) VALUES (:key, :body, :now) ON CONFLICT (key) DO NOTHING
""")


def kept(key: str) -> str | None:
    """What was answered, if it was asked before."""
    row = _KEPT.one({"key": key})
    return None if row is None else row.body


def keep(key: str, body: str) -> None:
    """Answer so again."""
    _KEEP.run({"key": key, "body": body, "now": clock.now()})
