"""How a call was matched with its customer, and why somebody is likely to be it; templates use these as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center import pages
from contact_center.calls.models import MatchedBy
from contact_center.calls.whose import Match
from contact_center.card.candidates import Candidate
from contact_center.customers.models import ContactPoint
from contact_center.desk.customers.words import address_word
from contact_center.text.addresses import Scheme

_PROVED = (MatchedBy.ORDER, MatchedBy.POST_CODE, MatchedBy.CODE)


def matched(match: Match) -> str:
    """How we know who it is, in a few words."""
    number = address_word(match.number or "")
    if match.by is MatchedBy.NUMBER and match.has_number:
        if match.verified_at:
            return _("By the verified number %(number)s", number=number)
        return _("By the claimed number %(number)s", number=number)
    if match.by is MatchedBy.AGENT and match.chosen_by:
        return _("Chosen by %(name)s", name=match.chosen_by)
    return {
        MatchedBy.NUMBER: _("By the number %(number)s", number=number),
        MatchedBy.ORDER: _("Proved in this call: order number and post code"),
        MatchedBy.POST_CODE: _("Proved in this call: post code"),
        MatchedBy.CODE: _("Proved in this call: one-time code"),
        MatchedBy.AGENT: _("Chosen by hand"),
    }.get(match.by or MatchedBy.TICKET, _("The customer of this ticket"))


def is_proved(match: Match) -> bool:
    """Whether it is more than a number that anybody can pretend to have."""
    return match.by in _PROVED


def likely(candidate: Candidate) -> list[str]:
    """Why somebody stands where they stand in the list."""
    said = []
    if candidate.open_tickets:
        number = candidate.open_tickets
        said.append(ngettext("%(num)d unresolved ticket", "%(num)d unresolved tickets", number))
    if candidate.last_heard_at:
        said.append(_("last contact %(when)s", when=pages.when(candidate.last_heard_at)))
    if candidate.point is not None:
        said.append(_claim(candidate.point))
    return said


def _claim(point: ContactPoint) -> str:
    if point.scheme is Scheme.PHONE:
        return _("number verified") if point.verified_at else _("number claimed")
    return _("address verified") if point.verified_at else _("address claimed")


FILTERS: dict[str, Callable[..., Any]] = {"matched": matched, "is_proved": is_proved, "likely": likely}
