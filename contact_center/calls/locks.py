"""A call's row, locked until the transaction ends: two events of one call come one after the other.

Whatever hears of a call, or is asked by one, takes it here first. Hot paths: one statement each.
"""

from __future__ import annotations

from contact_center.calls.models import Call
from contact_center.statement import Statement, columns

_ALL = f"SELECT {columns(Call)} FROM call"
_BY_REF = Statement(f"{_ALL} WHERE provider = :provider AND ref = :ref FOR UPDATE")
_BY_KEY = Statement(f"{_ALL} WHERE key = :key FOR UPDATE")
_BY_INTERACTION = Statement(f"{_ALL} WHERE interaction_id = :interaction_id AND ended_at IS NULL FOR UPDATE")
_BY_OFFER = Statement(f"""
    {_ALL} JOIN offer ON offer.interaction_id = call.interaction_id
    WHERE offer.id = :offer_id AND call.ended_at IS NULL FOR UPDATE OF call
""")


def by_ref(provider: str, ref: str) -> Call:
    """The call that *provider* calls *ref*, which there is."""
    call = _BY_REF.find(Call, {"provider": provider, "ref": ref})
    assert call is not None
    return call


def by_key(key: str) -> Call | None:
    """The call that the provider was told to ask for by *key*."""
    return _BY_KEY.find(Call, {"key": key})


def by_interaction(interaction_id: int) -> Call | None:
    """The call that waits, or is handled, as that interaction."""
    return _BY_INTERACTION.find(Call, {"interaction_id": interaction_id})


def by_offer(offer_id: int) -> Call | None:
    """The call that the offer is about. Whoever accepts takes it first: its end revokes the offer."""
    return _BY_OFFER.find(Call, {"offer_id": offer_id})
