"""What the codes of surveys and recoveries are called: outcomes, blame, ways of asking, reasons not to ask."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center.satisfaction.models import AskedBy, Blame, Outcome, PassedOver


def outcome(code: str) -> str:
    """How a recovery ended."""
    return {
        Outcome.SOLVED: _("Made good"),
        Outcome.COMPENSATED: _("Made up for"),
        Outcome.EXPLAINED: _("Explained"),
        Outcome.UNRESOLVED: _("Still dissatisfied"),
        Outcome.NOT_REACHED: _("Not reached"),
    }[Outcome(code)]


def blame(code: str) -> str:
    """What a low answer was about."""
    return {
        Blame.AGENT: pgettext("blame", "Agent"),
        Blame.PRODUCT: pgettext("blame", "Product"),
        Blame.PROCESS: pgettext("blame", "Process"),
        Blame.NONE: pgettext("blame", "None of ours"),
    }[Blame(code)]


def asked_by(code: str) -> str:
    """How a question reaches the customer."""
    return {
        AskedBy.EMAIL: pgettext("asked by", "E-mail"),
        AskedBy.TEXT: pgettext("asked by", "Text"),
        AskedBy.PHONE: pgettext("asked by", "Keypad after a call"),
        AskedBy.PORTAL: pgettext("asked by", "Portal"),
    }[AskedBy(code)]


def passed_over(code: str) -> str:
    """Why nobody was asked."""
    return {
        PassedOver.TAG: _("the ticket has a tag that is left out"),
        PassedOver.NO_PERSON: _("no person of ours has answered"),
        PassedOver.RATED: _("a call under it was asked about already"),
        PassedOver.CONSENT: _("the customer wants no surveys"),
        PassedOver.LATELY: _("the customer was asked lately"),
        PassedOver.SAMPLE: _("the ticket is not in the sample"),
        PassedOver.ADDRESS: _("there is nowhere to ask"),
    }[PassedOver(code)]
