"""Settings, Tiers and value: when customers are ranked by themselves, currency and rates, what serving costs."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock
from contact_center.admin import reading
from contact_center.extensions import db
from contact_center.tickets import naming
from contact_center.tiers import ranking, schedule
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.settings import Schedule
from contact_center.value import settings as value_settings

blueprint = Blueprint("tier_settings", __name__, url_prefix="/admin/tiers")
_OURS = ("currency", "schedule", "hour")


@blueprint.get("")
@access.administrator
def page() -> str:
    settings, kept = tier_settings.current(), value_settings.row()
    rateless = _rateless(kept.figures)
    return render_template(
        "admin/tiers.html",
        page="tiers",
        settings=settings,
        row=tier_settings.row(),
        schedules=[(one, _schedule_word(one)) for one in Schedule],
        next_due=schedule.next_due(settings, clock.now(), ZoneInfo(current_app.config["CC"].time_zone)),
        main_currency=tier_settings.main_currency(),
        rateless=rateless,
        rates=[*settings.rates.items(), *((code, "") for code in rateless), ("", ""), ("", "")],
        value=value_settings.current(),
        value_row=kept,
        channels=[(one, naming.channel_word(one)) for one in value_settings.CHANNELS],
    )


@blueprint.post("")
@access.administrator
def save() -> Any:
    """Save currency, rates and schedule."""
    typed = {name: said for name, said in request.form.items() if name in _OURS or name.startswith(("code_", "rate_"))}
    tier_settings.save(tier_settings.read(typed, tier_settings.current()), access.me(), reading.version())
    return _done()


@blueprint.post("/value")
@access.administrator
def save_value() -> Any:
    """Save what serving costs, and the thresholds of the colours."""
    value_settings.save(value_settings.read(request.form), access.me(), reading.version())
    return _done()


def _rateless(figures: dict[str, Any]) -> list[str]:
    """Currencies that the last countings left out."""
    run = ranking.last_applied()
    rows = [*figures.get("left_out", []), *(run.figures.get("left_out", []) if run else [])]
    known = tier_settings.current().rates
    return sorted({row["currency"] for row in rows} - set(known))


def _schedule_word(schedule_: Schedule) -> str:
    return {
        Schedule.OFF: _("Off"),
        Schedule.DAY: _("Every night"),
        Schedule.WEEK: _("Every Sunday night"),
        Schedule.MONTH: _("Every month, in the night to the 1st"),
    }[schedule_]


def _done() -> Any:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("tier_settings.page"), 303)
