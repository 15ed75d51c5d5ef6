"""What routing did to a ticket, as one sentence each: placement, offers, overflow, promises.

`telling` adds these to its own.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from contact_center import pages
from contact_center.desk.sentences import differences, say, value_word, who, written_to
from contact_center.events.names import Name
from contact_center.routing import naming
from contact_center.tickets.conversation import EventEntry


def _placed(entry: EventEntry) -> Markup:
    told = entry.data
    if told.get("rule") is None:
        said = say(_("Put into %(queue)s, the queue it came in by: no rule fits"), queue=told.get("queue") or "–")
    else:
        names = {"queue": told.get("queue") or "–", "rule": told.get("name") or "–"}
        said = say(_("Put into %(queue)s by the rule %(rule)s"), **names)
    seen = naming.placed_word(told)
    return said + Markup(" · %s") % seen if seen else said


def _not_taken(entry: EventEntry) -> Markup:
    """Offers that nobody took, in one line."""
    how = {"declined": _("declined"), "rang out": _("rang out")}
    names = [f"{name} ({how.get(what, what)})" for name, what in entry.data.get("people", [])]
    shown = pages.listed(names[:_NAMED])
    return say(_("Offered to %(names)s"), names=shown) + _and_more(len(names) - _NAMED)


def _and_more(number: int) -> Markup:
    return Markup(" · ") + ngettext("%(num)d more", "%(num)d more", number) if number > 0 else Markup("")


def _promised(entry: EventEntry) -> Markup:
    about = {"words": entry.data.get("words") or "–", "when": value_word("due_at", entry.data.get("due_at"))}
    return say(_("%(who)s promised for %(when)s: %(words)s"), who=who(entry), **about)


def _promise_changed(entry: EventEntry) -> Markup:
    said = say(_("%(who)s changed the promise %(words)s"), who=who(entry), words=entry.data.get("words") or "–")
    return Markup(" · ").join([said, *differences(entry)])


def _promise_settled(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: say(sentence(), who=who(entry), words=entry.data.get("words") or "–")


def _promise_broken(entry: EventEntry) -> Markup:
    about = {"who": who(entry), "words": entry.data.get("words") or "–"}
    minutes = entry.data.get("late") or 0
    if entry.data.get("how") == "cancelled":
        return say(_("%(who)s cancelled the promise %(words)s after its time: broken"), **about)
    late = ngettext("%(num)d minute late", "%(num)d minutes late", minutes)
    return say(_("%(who)s kept the promise %(words)s too late: broken"), **about) + Markup(" · %s") % late


def _promise_missed(entry: EventEntry) -> Markup:
    names = pages.listed(entry.data.get("people", []))
    about = {"words": entry.data.get("words") or "–", "when": value_word("due_at", entry.data.get("due_at"))}
    said = say(_("Missed: the promise %(words)s of %(when)s"), **about)
    return said + Markup(" · ") + say(_("told: %(names)s"), names=names) if names else said


def _overflowed(entry: EventEntry) -> Markup:
    told = entry.data
    if why := told.get("why_not"):
        why_not = {
            "inactive": _("the queue %(queue)s is deactivated", queue=told.get("queue") or "–"),
            "been": _("it has been in %(queue)s before", queue=told.get("queue") or "–"),
            "no_number": _("we know no number to call"), "promised": _("a call is promised already"),
            "told": _("they were told before"), "no_address": _("we know no address"),
        }.get(why, why)  # fmt: skip
        return say(_("Overflow step not possible: %(why)s"), why=why_not)
    if told.get("to") == "queue":
        said = say(_("Overflow: moved from %(was)s to %(queue)s, place kept"), was=told["was"], queue=told["queue"])
    elif told.get("to") == "callback":
        said = say(_("Overflow: a call promised for %(when)s"), when=value_word("due_at", told.get("due_at")))
    else:
        said = Markup.escape(_("Overflow: told that it takes longer"))
    return said + written_to(entry)


_NAMED = 4  # of those who were offered it in vain
SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    Name.INTERACTION_PLACED: _placed,
    Name.INTERACTION_OVERFLOWED: _overflowed,
    Name.OFFER_ACCEPTED: lambda entry: say(_("%(who)s accepted the offer"), who=who(entry)),
    Name.OFFER_DECLINED: _not_taken,
    Name.OFFER_TIMED_OUT: _not_taken,
    Name.PROMISE_MADE: _promised,
    Name.PROMISE_CHANGED: _promise_changed,
    Name.PROMISE_KEPT: _promise_settled(lambda: _("%(who)s kept the promise %(words)s")),
    Name.PROMISE_BROKEN: _promise_broken,
    Name.PROMISE_CANCELLED: _promise_settled(lambda: _("%(who)s cancelled the promise %(words)s")),
    Name.PROMISE_MISSED: _promise_missed,
}
ICONS = {
    Name.INTERACTION_PLACED: "route",
    Name.INTERACTION_OVERFLOWED: "transfer",
    Name.OFFER_ACCEPTED: "user-check",
    Name.OFFER_DECLINED: "bell-off",
    Name.OFFER_TIMED_OUT: "bell-off",
    Name.PROMISE_MADE: "calendar-event",
    Name.PROMISE_CHANGED: "calendar-event",
    Name.PROMISE_KEPT: "circle-check",
    Name.PROMISE_BROKEN: "alert-circle",
    Name.PROMISE_CANCELLED: "ban",
    Name.PROMISE_MISSED: "clock-exclamation",
}
