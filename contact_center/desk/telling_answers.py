"""What customers answered about a ticket, and what was done about it, as its history tells it."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from markupsafe import Markup

from contact_center.desk.sentences import say, who
from contact_center.events.names import Name
from contact_center.satisfaction import scales, words
from contact_center.satisfaction.models import Scale
from contact_center.tickets.conversation import EventEntry


def _rated(entry: EventEntry) -> Markup:
    score, scale = entry.data.get("score"), Scale(entry.data.get("scale", Scale.CSAT))
    shown = scales.shown(scale, score) if isinstance(score, int) else "–"
    return say(_("The customer rated %(score)s"), score=shown)


def _recovered(entry: EventEntry) -> Markup:
    outcome, blame, note = (entry.data.get(key) or "" for key in ("outcome", "blame", "note"))
    said = say(
        _("%(who)s closed the recovery: %(outcome)s, cause: %(blame)s"),
        who=who(entry), outcome=words.outcome(outcome), blame=words.blame(blame),
    )  # fmt: skip
    return said + Markup(" · ") + Markup.escape(note) if note else said


SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    Name.SURVEY_ANSWERED: _rated,
    Name.RECOVERY_DONE: _recovered,
}
ICONS = {Name.SURVEY_ANSWERED: "star", Name.RECOVERY_DONE: "heart-handshake"}
