"""Settings, Channels: what work of each costs an agent, how long it rings, and what may be set aside for a call."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import reading
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.queues import channels
from contact_center.text import durations

blueprint = Blueprint("channel_settings", __name__, url_prefix="/admin/channels")


@blueprint.get("")
@access.administrator
def page() -> str:
    return render_template(
        "admin/channels.html", page="channels", settings=channels.listed(), duration=durations.say, usual=6
    )


@blueprint.post("")
@access.administrator
def save() -> Any:
    """Save all channels together, or nothing."""
    names = [row.channel for row in channels.listed()]
    wanted: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in names:
        try:
            wanted[name] = channels.read(name, request.form)
        except Invalid as error:
            wrong |= error.fields
    Invalid.raise_for(wrong)
    versions = {name: reading.number(f"version_{name}") or 0 for name in names}
    changed = channels.change(wanted, versions, access.me())
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("channel_settings.page"), 303)
