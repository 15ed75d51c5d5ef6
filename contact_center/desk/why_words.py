"""The trace in words: places in the queue with their parts, and why somebody was not asked; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from contact_center.live.trace import Choice, Reason, Rung, Story
from contact_center.queues import asking
from contact_center.routing import naming, why
from contact_center.routing.models import OfferState
from contact_center.routing.policy import Out
from contact_center.tickets.messages import Interaction, InteractionState


def out_word(out: str) -> str:
    """Why they could not take it."""
    return {
        Out.AWAY: _("Away, or no desk open"),
        Out.RINGING: _("Ringing for something else"),
        Out.FULL: _("Too much in hand"),
        Out.PAUSED: _("Channel paused"),
        Out.MUTE: _("No telephone ready"),
        Out.SKILL: _("Skills asked for are missing"),
        Out.HELD: _("Kept for somebody else at first"),
        Out.DECLINED: _("Declined it lately"),
    }[Out(out)]


def not_me_word(choice: Choice) -> str:
    """Why not the reader, in a sentence; empty where there is nothing to say."""
    if choice.my_place == 1:
        return _("You: first in line.")
    if choice.my_place:
        return _("You: number %(place)d of %(could)d.", place=choice.my_place, could=choice.could)
    return {
        Out.AWAY: _("Not you: you were not available, or no desk of yours was open."),
        Out.RINGING: _("Not you: something rang at your desk already."),
        Out.FULL: _("Not you: you had too much in hand."),
        Out.PAUSED: _("Not you: you take no new work over this channel."),
        Out.MUTE: _("Not you: your telephone was not ready."),
        Out.SKILL: _("Not you: it asks for skills that you do not have at that level."),
        Out.HELD: _("Not you: it was kept for somebody who knows the customer."),
        Out.DECLINED: _("Not you: you declined it lately."),
        None: "",
    }[choice.against_me]


def reason_people(reason: Reason) -> list[str]:
    """Names, and the number of those whose names the reader may not know."""
    hidden = reason.number - len(reason.names)
    return [*reason.names, *([ngettext("%(num)d more", "%(num)d more", hidden)] if hidden else [])]


def rung_word(rung: Rung) -> str:
    """How an offer ended."""
    seconds = rung.seconds or 0
    return {
        OfferState.PENDING: _("rings"),
        OfferState.ACCEPTED: ngettext("accepted after %(num)d second", "accepted after %(num)d seconds", seconds),
        OfferState.DECLINED: ngettext("declined after %(num)d second", "declined after %(num)d seconds", seconds),
        OfferState.TIMED_OUT: ngettext("rang out after %(num)d second", "rang out after %(num)d seconds", seconds),
        OfferState.REVOKED: ngettext("withdrawn after %(num)d second", "withdrawn after %(num)d seconds", seconds),
    }[rung.offer.state]


def rung_because(rung: Rung) -> str:
    """Why an offer ended: what whoever declined it wrote, or why it was withdrawn; empty where nothing is known."""
    reason, state = rung.offer.reason, rung.offer.state
    if state is OfferState.DECLINED:
        return f"“{reason}”" if reason and rung.name else ""
    if state is not OfferState.REVOKED:
        return ""
    promise = _("the promise was settled or moved")
    return {
        "": _("it was put elsewhere by hand"), "gone": _("not at the desk any more"),
        "taken": _("somebody took it by hand"), "caller gone": _("the customer hung up"),
        "call first": _("a call came first"),
        "kept": promise, "cancelled": promise, "moved": promise,
    }.get(reason, "")  # fmt: skip


def comeback_word(name: str | None) -> str:
    """Whoever had it was gone."""
    who = name or _("a colleague of that queue")
    return _("%(name)s was gone: it came back into the queue and has waited since it came in", name=who)


def stage_word(interaction: Interaction) -> str:
    """How far it has got."""
    return {
        InteractionState.WAITING: pgettext("interaction", "waits"),
        InteractionState.OFFERED: _("rings"),
        InteractionState.HANDLING: _("set aside") if interaction.set_aside_at else _("in hand"),
        InteractionState.WRAPPING: _("wraps up"),
        InteractionState.DONE: pgettext("interaction", "done"),
        InteractionState.ABANDONED: _("abandoned"),
    }[interaction.state]


def bonus_told(story: Story, tier: str | None) -> list[tuple[str, str]]:
    """What gave it a head start, and how many minutes."""
    names = {
        "tier": _("Tier %(letter)s", letter=tier or "D"), "maybe": _("Best tier of those it may be"),
        "complaint": _("Complaint"), "reopened": _("Reopened"),
        "recovered": _("Returned to the queue"), "promise": _("Promise"),
        "priority": _("Priority"), "queue": _("Queue"),
        "risk": _("Target at risk"),
    }  # fmt: skip
    return [(names[what], _minutes(minutes)) for what, minutes in why.parts(story.interaction.bonus)]


def skills_told(asks: Mapping[str, int]) -> list[str]:
    return [asking.least(skill, level) for skill, level in asks.items()]


def _minutes(number: int) -> str:
    return f"{'+' if number > 0 else '−'}{_('%(minutes)d min', minutes=abs(number))}"


FILTERS: dict[str, Callable[..., Any]] = {
    "out_word": out_word,
    "not_me_word": not_me_word,
    "reason_people": reason_people,
    "rung_word": rung_word,
    "rung_because": rung_because,
    "comeback_word": comeback_word,
    "stage_word": stage_word,
    "bonus_told": bonus_told,
    "skills_told": skills_told,
    "placed_word": naming.placed_word,
}
