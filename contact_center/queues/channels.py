"""What work of each channel costs an agent and how long it rings: read by routing, changed on one screen.

An agent has a capacity (`Agent.capacity`); work has a weight, or fills the agent. What is interruptible may be set
aside for what fills the agent, never the reverse: a CHECK holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.agents.channel_pauses import CHANNELS
from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import ChannelSetting
from contact_center.text import amounts, durations


def listed() -> list[ChannelSetting]:
    """The settings of all channels, in the order of `CHANNELS`."""
    found = {row.channel: row for row in db.session.scalars(select(ChannelSetting))}
    return [found[channel] for channel in CHANNELS if channel in found]


def read(channel: str, form: Mapping[str, str]) -> dict[str, Any]:
    """One channel's fields out of a form whose names end in the channel. Raises Invalid with everything wrong."""
    made: dict[str, Any] = {"weight": None, "is_interruptible": form.get(f"is_interruptible_{channel}") == "1"}
    wrong: dict[str, str] = {}
    try:
        made["ring_seconds"] = durations.read(form.get(f"ring_seconds_{channel}", ""), 5, 600)
    except ValueError as error:
        wrong[f"ring_seconds_{channel}"] = str(error)
    try:
        if form.get(f"fills_{channel}") != "1":
            made["weight"] = amounts.whole(form.get(f"weight_{channel}", ""), 0, 100)
    except ValueError as error:
        wrong[f"weight_{channel}"] = str(error)
    if made["weight"] is None and made["is_interruptible"] and not wrong:
        wrong[f"is_interruptible_{channel}"] = _("What fills the agent cannot be set aside for itself.")
    Invalid.raise_for(wrong)
    return made


def change(wanted: Mapping[str, Mapping[str, Any]], versions: Mapping[str, int], actor: Agent) -> bool:
    """Change the settings of several channels together: channel → fields as `read` made them. Raises Stale."""
    settings = {row.channel: row for row in db.session.scalars(select(ChannelSetting).with_for_update())}
    changes: dict[str, list[Any]] = {}
    stale: dict[str, tuple[object, object]] = {}
    for channel, fields in wanted.items():
        row = settings[channel]
        differing = {name: [getattr(row, name), value] for name, value in fields.items() if getattr(row, name) != value}
        if differing and row.version != versions.get(channel):
            stale |= {f"{channel}.{name}": (new, old) for name, (old, new) in differing.items()}
        changes |= {f"{channel}.{name}": change for name, change in differing.items()}
    if stale:
        raise Stale(_("Somebody else has changed these settings in the meantime."), stale)
    for name, (_old, new) in changes.items():
        channel, _dot, field = name.partition(".")
        setattr(settings[channel], field, new)
    for channel in {name.partition(".")[0] for name in changes}:
        settings[channel].version += 1
    db.session.flush()
    if changes:
        log.record(Name.CHANNEL_SETTING_CHANGED, None, actor, changes=changes)
    return bool(changes)
