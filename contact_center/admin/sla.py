"""Settings, Service levels: who is answered and helped how fast, and what happens when that is missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once, pages, rows
from contact_center.admin import comparing, reading
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar
from contact_center.customers.models import TIERS
from contact_center.entitlements.kinds import RequestKind
from contact_center.errors import Stale
from contact_center.extensions import db
from contact_center.sla import policies
from contact_center.sla.models import SlaPolicy
from contact_center.sla.policies import Step
from contact_center.tickets.inbound import CHANNELS
from contact_center.tickets.naming import channel_word, request_word
from contact_center.tiers import policies as tier_policies

blueprint = Blueprint("sla", __name__, url_prefix="/admin/service-levels")
STEP_ICONS = {
    Step.NOTIFY_ASSIGNEE: "user", Step.NOTIFY_SUPERVISORS: "users", Step.PAGE_SUPERVISOR: "mail",
    Step.RAISE_PRIORITY: "flag", Step.REASSIGN: "inbox",
}  # fmt: skip


@blueprint.get("")
@access.administrator
def listing() -> str:
    return render_template(
        "admin/sla.html", page="sla", policies=policies.listed(), tiers=tier_policies.listed(), **_choices()
    )


@blueprint.get("/new")
@access.administrator
def blank() -> str:
    return render_template("admin/sla_policy.html", page="sla", policy=None, **_choices())


@blueprint.post("/new")
@access.administrator
def create() -> Any:
    once.made(SlaPolicy, lambda: policies.create(_wanted(), access.me()))
    return _done()


@blueprint.get("/<int:sla_id>")
@access.administrator
def edit(sla_id: int) -> str:
    found = reading.or_404(SlaPolicy, sla_id)
    return render_template("admin/sla_policy.html", page="sla", policy=found, **_choices())


@blueprint.post("/<int:sla_id>")
@access.administrator
def save(sla_id: int) -> Any:
    found = reading.or_404(SlaPolicy, sla_id)
    try:
        policies.change(found, access.me(), reading.version(), _wanted())
    except Stale as stale:
        return comparing.answer(stale, found, _words())
    return _done()


@blueprint.post("/<int:sla_id>/move")
@access.administrator
def move(sla_id: int) -> Any:
    """Looked at earlier or later: the first one that fits counts."""
    policies.move(reading.or_404(SlaPolicy, sla_id), reading.step(), access.me())
    return _done()


@blueprint.post("/<int:sla_id>/<any(deactivate, reactivate):act>")
@access.administrator
def activate(sla_id: int, act: str) -> Any:
    policies.activate(reading.or_404(SlaPolicy, sla_id), access.me(), is_active=act == "reactivate")
    return _done()


@blueprint.post("/<int:sla_id>/remove")
@access.administrator
def remove(sla_id: int) -> Any:
    policies.remove(reading.or_404(SlaPolicy, sla_id), access.me())
    return _done()


def _done() -> Any:
    db.session.commit()
    flash(_("Saved. Deadlines of open tickets are counted anew within a minute."), "success")
    return redirect(url_for("sla.listing"), 303)


def _wanted() -> dict[str, Any]:
    chosen = {field: request.form.getlist(field) for field in policies.LISTS}
    return policies.read(request.form, chosen, CHANNELS)


def step_words() -> dict[str, str]:
    return {
        Step.NOTIFY_ASSIGNEE: _("Tell its agent by a notice on the desk"),
        Step.NOTIFY_SUPERVISORS: _("Tell the supervisors by a notice on their desks"),
        Step.PAGE_SUPERVISOR: _("Write a letter to the supervisors"),
        Step.RAISE_PRIORITY: _("Raise its priority by one"),
        Step.REASSIGN: _("Give it back to its queue"),
    }


def _choices() -> dict[str, Any]:
    return {
        "kinds": list(RequestKind), "channels": CHANNELS, "all_tiers": TIERS, "steps": step_words(),
        "step_icons": STEP_ICONS, "calendars": calendars.listed(),
    }  # fmt: skip


def _words() -> comparing.Words:
    def listed(speak: Callable[[str], str]) -> Callable[[Any], str]:
        return lambda value: pages.listed(map(speak, value)) or "–"

    def plain(value: Any) -> str:
        return "–" if value is None else str(value)

    names, steps = rows.called(Calendar), step_words()
    covered = {True: _("with a contract"), False: _("without a contract"), None: "–"}
    return {
        "name": (_("Name"), str), "tiers": (_("Tiers"), listed(str)), "kinds": (_("Kinds"), listed(request_word)),
        "channels": (_("Channels"), listed(channel_word)),
        "on_breach": (_("When it is missed"), listed(steps.__getitem__)),
        "with_contract": (_("Contract"), covered.__getitem__),
        "pauses": (_("Pauses"), lambda pauses: _("Yes") if pauses else _("No")),
        "calendar_id": (_("Calendar"), lambda number: names.get(number, "–")),
        "first_response_minutes": (_("First answer"), plain), "next_response_minutes": (_("Next answer"), plain),
        "resolution_minutes": (_("Solution"), plain),
    }  # fmt: skip
