"""The desk's pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.desk import (
    alarms,
    archive,
    attachments,
    calls,
    complaints,
    customers,
    day,
    knowledge,
    messages,
    offers,
    palette,
    presence,
    profile,
    recorder,
    sounds,
    tickets,
    transfers,
    work,
    wrapping,
)

_DOORS = (
    work, day, alarms, palette, tickets, messages, attachments, sounds, presence, profile, customers, archive,
    knowledge, complaints, offers, calls, recorder, transfers, wrapping,
)  # fmt: skip
ALL = tuple(door.blueprint for door in _DOORS)
