"""What priorities, kinds of requests and channels are called, on whatever screen or in whatever file they stand."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center.tickets.models import Priority, RequestKind


def priority_word(priority: str) -> str:
    return {
        Priority.LOW: _("Low priority"),
        Priority.NORMAL: _("Normal priority"),
        Priority.HIGH: _("High priority"),
        Priority.URGENT: _("Urgent"),
    }.get(Priority(priority), priority)


def request_word(kind: str | None) -> str:
    """What kind of request it is; empty if nobody has said yet."""
    if not kind:
        return ""
    return {
        RequestKind.QUESTION: _("Question"),
        RequestKind.ORDER: _("Order"),
        RequestKind.DELIVERY: _("Delivery"),
        RequestKind.REPAIR: _("Repair"),
        RequestKind.RETURN: _("Return"),
        RequestKind.INVOICE: _("Invoice"),
        RequestKind.COMPLAINT: _("Complaint"),
        RequestKind.OTHER: _("Something else"),
    }.get(RequestKind(kind), kind)


def channel_word(channel: str) -> str:
    """The channel that something came over."""
    return {
        "email": pgettext("channel", "E-mail"),
        "web": _("Web request"),
        "sms": _("Text message"),
        "phone": _("Call"),
    }.get(channel, channel)
