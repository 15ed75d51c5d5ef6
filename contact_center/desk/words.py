"""What tickets, their messages and their history are called on screen; templates use these as filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center import pages
from contact_center.outbox.models import OutgoingState
from contact_center.text.addresses import email_display, phone_display
from contact_center.tickets import compose, naming
from contact_center.tickets.conversation import Because, Delivery
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Author
from contact_center.tickets.models import Priority, TicketState


def state_word(state: str) -> str:
    return {
        TicketState.NEW: _("New"),
        TicketState.OPEN: _("Open"),
        TicketState.WAITING: _("Waiting"),
        TicketState.RESOLVED: _("Resolved"),
        TicketState.CLOSED: _("Closed"),
    }.get(TicketState(state), state)


def priority_short(priority: str) -> str:
    """A priority beside the word "Priority"."""
    return {
        Priority.LOW: pgettext("priority", "Low"),
        Priority.NORMAL: pgettext("priority", "Normal"),
        Priority.HIGH: pgettext("priority", "High"),
        Priority.URGENT: pgettext("priority", "Urgent"),
    }.get(Priority(priority), priority)


priority_word, request_word, channel_word = naming.priority_word, naming.request_word, naming.channel_word


def automatic_word(automatic: str) -> str:
    """Who wrote, where it was a machine."""
    return {
        Automatic.REPLY: _("Automatic answer"),
        Automatic.BOUNCE: _("Delivery report"),
        Automatic.LIST: _("Mailing list"),
        Automatic.LOOP: _("Our own mail coming back"),
    }.get(Automatic(automatic), "")


def delivery_word(delivery: Delivery) -> str:
    """How far an answer of ours has got, in a word or two."""
    if delivery.state is OutgoingState.QUEUED and delivery.error:
        return _("Not sent yet")
    if delivery.is_unconfirmed:
        return _("Sent, no receipt")
    return {
        OutgoingState.QUEUED: _("Queued"),
        OutgoingState.SENDING: _("Sending"),
        OutgoingState.SENT: _("Sent"),
        OutgoingState.DELIVERED: _("Delivered"),
        OutgoingState.READ: _("Read"),
        OutgoingState.UNDELIVERED: _("Not delivered") if delivery.is_text else _("Bounced"),
        OutgoingState.FAILED: _("Not sent"),
    }[delivery.state]


def because_word(why: Because) -> str:
    """Why a message stands in this ticket; empty where that needs no word."""
    at = current_app.jinja_env.filters["when"](why.at) if why.at else ""
    ours = why.author is not Author.CUSTOMER
    return {
        "token": _("joined because it came to this ticket’s own address"),
        "issued": _("joined because it answers our e-mail of %(at)s", at=at)
        if ours and at
        else _("joined because it answers our e-mail"),
        "used": _("joined because it follows their e-mail of %(at)s", at=at)
        if at
        else _("joined because it follows their own e-mail"),
        "number": _("a new ticket: only the number in the subject names %(ref)s", ref=why.earlier or ""),
        "stranger": _("a new ticket: it answers %(ref)s, but the sender takes no part there", ref=why.earlier or ""),
        "recent": _("joined because it is the newest open ticket of whoever wrote this text"),
        "breaker": _("added here because many alike came from one address: perhaps a loop"),
        "separated": _("split from %(ref)s", ref=why.earlier or ""),
        "added": _("merged from %(ref)s", ref=why.earlier or ""),
    }.get(why.rule, "")


def is_disputable(why: Because) -> bool:
    """Whether "not right?" makes sense: something decided that the message belongs here."""
    return why.rule in ("token", "issued", "used", "recent", "breaker", "added")


def addresses_word(values: Iterable[str], most: int = 2) -> str:
    """Addresses as their owners write them, the rest as a number."""
    region = current_app.config["CC"].default_region
    shown = [phone_display(value, region) if value.startswith("+") else email_display(value) for value in values]
    if len(shown) > most:
        return _("%(addresses)s and %(more)d more", addresses=pages.listed(shown[:most]), more=len(shown) - most)
    return pages.listed(shown)


def is_news(subject: str, title: str) -> bool:
    """Whether a message's subject says something that the ticket's title does not."""
    return bool(subject.strip()) and compose.bare(subject).casefold() != compose.bare(title).casefold()


FILTERS: dict[str, Callable[..., Any]] = {
    "ticket_state": state_word,
    "priority_word": priority_word,
    "request_word": request_word,
    "channel_word": channel_word,
    "automatic_word": automatic_word,
    "delivery_word": delivery_word,
    "because_word": because_word,
    "is_disputable": is_disputable,
    "addresses_word": addresses_word,
    "is_news": is_news,
}
