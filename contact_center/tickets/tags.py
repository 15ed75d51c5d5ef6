"""Tags: short words that agents put on tickets, in one spelling each.

`changes` stores them, the desk asks for suggestions while somebody types.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import func, select

from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tickets import candidates
from contact_center.tickets.models import Ticket
from contact_center.tickets.wanted import Filter, Order, Sort

LONGEST = 32
MOST = 20
LATELY = 2000  # tickets whose tags are suggested


def normal(tag: str) -> str:
    """The one spelling of a tag: lower case, single spaces, no control characters, no leading #."""
    text = unicodedata.normalize("NFKC", tag).casefold()
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(text.lstrip("# \t").replace(",", " ").split())


def checked(tags: Iterable[str]) -> list[str]:
    """The tags in their spelling, each once, in order; raises Invalid if one is too long or they are too many."""
    found = list(dict.fromkeys(tag for tag in map(normal, tags) if tag))
    if any(len(tag) > LONGEST for tag in found):
        _refuse(_("A tag has at most %(most)s characters.", most=LONGEST))
    if len(found) > MOST:
        _refuse(_("A ticket has at most %(most)s tags.", most=MOST))
    return found


def suggestions(agent: Agent, beginning: str = "", *, limit: int = 10) -> list[str]:
    """Tags on what *agent* has lately seen come by, the most used first; all of them begin with *beginning*."""
    lately = candidates.query(agent, Filter(), Order(Sort.CHANGED), None, LATELY).subquery("lately")
    used = select(func.unnest(Ticket.tags).label("tag")).join(lately, lately.c.id == Ticket.id).subquery("used")
    asked = select(used.c.tag).where(func.starts_with(used.c.tag, normal(beginning))).group_by(used.c.tag)
    return list(db.session.scalars(asked.order_by(func.count().desc(), used.c.tag).limit(limit)))


def _refuse(sentence: str) -> None:
    raise Invalid(sentence, {"tags": sentence})
