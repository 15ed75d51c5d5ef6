"""From the telephone into the rooms: a call becomes a ticket with waiting work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import force_locale
from flask_babel import gettext as _

from contact_center.calls import callbacks, lines, locks, missed, queueing
from contact_center.calls.lines import Does
from contact_center.calls.models import Call
from contact_center.channels import inbox
from contact_center.channels.raws import Outcome
from contact_center.errors import Unreadable
from contact_center.tickets.inbound import Kind


class Filed(NamedTuple):
    """What a call has become."""

    ticket_id: int
    interaction_id: int
    customer_id: int | None
    message_id: int


def file(call: Call, kind: Kind = Kind.CALL, then: Callable[[Filed], object] | None = None) -> Filed:
    """Open the ticket of a call; again it is the same one. Commits, as all that comes in does, and *then* with it.

    Raises Unreadable if it could not be filed.
    """
    if kind is Kind.CALL:
        callbacks.met(call)

    def done(outcome: Outcome) -> None:
        if then is not None and outcome.ticket_id is not None:
            then(_filed(outcome))

    return _filed(inbox.accept("phone", _source(call, kind), then=done)[0])


def join(call: Call) -> bool:
    """Into the queue: whoever is offered it finds the caller behind it. False if they have hung up. Commits."""
    joined: list[bool] = []
    key = call.key

    def link(filed: Filed) -> None:
        locks.by_key(key)  # filing commits before it begins, and lets go of the call
        joined.append(queueing.join(call, filed.ticket_id, filed.interaction_id, filed.customer_id))

    filed = file(call, then=link)
    if not joined:  # it was filed before, by a request that came to nothing
        link(filed)
    return joined[-1]


def _filed(outcome: Outcome) -> Filed:
    if outcome.ticket_id is None or outcome.interaction_id is None or outcome.message_id is None:
        raise Unreadable(_("This call could not be filed."))
    return Filed(outcome.ticket_id, outcome.interaction_id, outcome.customer_id, outcome.message_id)


def _source(call: Call, kind: Kind) -> dict[str, Any]:
    line = lines.of(call.number_id)
    assert line is not None
    chosen = line.choice(call.flow.get("chose", ""))
    words = line.words(call.language).get(chosen.key, "") if chosen and chosen.does is not Does.VOICEMAIL else ""
    words = str(call.flow.get("asked", words))  # what no article could tell them
    with force_locale(call.language):  # they read it in what we write to them
        subject = _subject(call, kind, words)
    fields = {"kind": chosen.kind} if chosen and chosen.kind else {}
    return {
        "key": call.key, "kind": kind, "at": call.started_at.isoformat(), "number_id": call.number_id,
        "caller": call.caller, "called": line.address, "language": call.language, "customer_id": call.customer_id,
        "candidates": call.candidate_ids if call.customer_id else [], "said": words, "fields": fields,
        "subject": subject,
        "queue_id": chosen.queue_id if chosen else None,
        "thread": _thread(call, (chosen.queue_id if chosen else None) or line.queue_id),
    }  # fmt: skip


def _subject(call: Call, kind: Kind, words: str) -> str:
    if kind is Kind.VOICEMAIL:
        what = _("Voicemail from %(number)s", number=call.caller) if call.caller else _("Voicemail, number withheld")
    else:
        what = _("Call from %(number)s", number=call.caller) if call.caller else _("Call, number withheld")
    return str(_("%(what)s: %(words)s", what=what, words=words) if words else what)


def _thread(call: Call, queue_id: int) -> str | None:
    """The ticket in which it goes on: of the same call, or where this number waits to be called back."""
    if call.ticket is not None:
        return call.ticket.token
    return missed.waiting(call.caller, queue_id, call.customer_id) if call.caller else None
