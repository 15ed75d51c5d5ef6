"""Offers in the story of a ticket, said quietly: those nobody took as one line, and one line for whoever took it.
Parts of one long text, which some networks deliver one by one, stand together.

`conversation` calls this; the trace of a ticket tells each of them at length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeGuard

from contact_center.events.names import Name

if TYPE_CHECKING:
    from contact_center.tickets.conversation import Entry, EventEntry, MessageEntry

PARTS_WITHIN = timedelta(seconds=3)
NOT_TAKEN = {Name.OFFER_DECLINED: "declined", Name.OFFER_TIMED_OUT: "rang out"}


def gathered(entries: Iterable[Entry]) -> list[Entry]:
    """*entries* in their order; offers that follow each other are one, its `data["people"]` being [name, how] each."""
    page: list[Entry] = []
    for entry in entries:
        last = page[-1] if page else None
        if _is_event(entry) and entry.name in NOT_TAKEN:
            page[-1:] = _with(last, entry)
        elif last is not None and _is_same_taking(last, entry):
            page[-1] = entry
        elif _is_text(last) and _is_text(entry) and _goes_on(last, entry):
            files = last.attachments + entry.attachments
            page[-1] = replace(last, text=f"{last.text}\n{entry.text}", attachments=files)
        else:
            page.append(entry)
    return page


def _with(last: Entry | None, entry: EventEntry) -> list[Entry]:
    """The line before, and this one; one line if both tell of offers that nobody took."""
    mine = [entry.data.get("person") or "–", NOT_TAKEN[entry.name]]
    if last is not None and _is_event(last) and last.name in NOT_TAKEN:
        return [replace(entry, data={"people": [*last.data["people"], mine]})]
    return [*([last] if last is not None else []), replace(entry, data={"people": [mine]})]


def _is_same_taking(last: Entry, entry: Entry) -> bool:
    """Whether an offer was accepted with the taking that the line before tells of."""
    if not _is_event(last) or not _is_event(entry):
        return False
    return (last.name, entry.name) == (Name.TICKET_TAKEN, Name.OFFER_ACCEPTED) and last.agent_id == entry.agent_id


def _is_text(entry: Entry | None) -> TypeGuard[MessageEntry]:
    return entry is not None and entry.what == "message" and getattr(entry, "channel", "") == "sms"


def _goes_on(last: MessageEntry, entry: MessageEntry) -> bool:
    """Whether a customer's text is most likely the rest of the one before."""
    is_theirs = not last.is_ours and not entry.is_ours and last.sender is not None and last.sender == entry.sender
    return is_theirs and not entry.remarks and entry.at - last.at <= PARTS_WITHIN


def _is_event(entry: Entry) -> TypeGuard[EventEntry]:
    return entry.what == "event"
