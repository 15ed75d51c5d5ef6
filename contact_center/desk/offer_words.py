"""Why an offer came to one, in a sentence; templates use these as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center.routing.models import Offer
from contact_center.tickets.inbound import Kind


def why_me(offer: Offer) -> str:
    """Why this agent: what told them from the next best one."""
    if offer.interaction.kind is Kind.PROMISE:
        return _("You promised it.")
    if offer.agent_id in offer.interaction.held_for:
        return _("You know this customer: you are asked first.")
    ranked = offer.decision.get("ranked", [])
    could = offer.decision.get("could", len(ranked))
    if could <= 1:
        return _("Nobody else could take it now.")
    mine = next((one for one in ranked if one[0] == offer.agent_id), None)
    others = [one for one in ranked if one[0] != offer.agent_id]
    return _told_apart(mine, others[0], could) if mine and others else ""


def _told_apart(mine: list[Any], next_best: list[Any], could: int) -> str:
    _id, level, load, _idle = mine
    if level > next_best[1]:
        return _(
            "Of %(number)d who could take it, you are the most proficient (%(level)d of 5).", number=could, level=level
        )
    if load < next_best[2]:
        return _("Of %(number)d who could take it, you have the least in hand.", number=could)
    return _("Of %(number)d who could take it, you have been free the longest.", number=could)


def seconds_left(offer: Offer, now: Any) -> float:
    """How long it rings yet."""
    return max(0.0, round((offer.expires_at - now).total_seconds(), 1))


def seconds_of(offer: Offer) -> float:
    """How long it rings in all."""
    return max(1.0, (offer.expires_at - offer.offered_at).total_seconds())


def seconds_word(seconds: float) -> str:
    number = round(seconds)
    return ngettext("%(num)d second", "%(num)d seconds", number)


FILTERS: dict[str, Callable[..., Any]] = {
    "why_me": why_me,
    "seconds_left": seconds_left,
    "seconds_of": seconds_of,
    "seconds_word": seconds_word,
}
