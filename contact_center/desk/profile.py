"""One's own profile: language, time zone, theme, signature, password, and the browsers one is signed in with."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.agents import accounts, sign_ins
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.text.lines import several_lines

blueprint = Blueprint("profile", __name__, url_prefix="/desk/profile")
LONGEST_SIGNATURE = 2000
_ELSEWHERE = ("Etc/", "SystemV/", "US/")  # other names of zones that are listed under their place


@blueprint.get("")
@access.agent
def show() -> str:
    agent = access.me()
    return render_template(
        "desk/profile.html",
        agent=agent,
        zones=[(zone, zone.replace("_", " ")) for zone in zones()],
        house_zone=current_app.config["CC"].time_zone,
        sign_ins=[(row, sign_ins.is_this(row, session.get(sign_ins.COOKIE_FIELD))) for row in sign_ins.live(agent)],
        longest=LONGEST_SIGNATURE,
    )


@blueprint.post("")
@access.agent
def save() -> Any:
    """Save language, time zone, theme and signature."""
    accounts.prefer(
        access.me(),
        language=_one_of("language", tuple(LANGUAGES)),
        time_zone=_one_of("time_zone", ("", *zones())) or None,
        theme=_one_of("theme", ("system", "light", "dark")),
        signature=_signature(),
    )
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("profile.show"), 303)


@blueprint.post("/sign-ins/end")
@access.agent
def end_others() -> Any:
    """Sign out everywhere but here."""
    ended = sign_ins.end_all(access.me(), but=session.get(sign_ins.COOKIE_FIELD))
    db.session.commit()
    flash(_("Signed out elsewhere.") if ended else _("There was no other browser."), "success")
    return redirect(url_for("profile.show"), 303)


@cache
def zones() -> tuple[str, ...]:
    """The time zones to choose from: Region/City."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(_ELSEWHERE)))


def _one_of(name: str, known: tuple[str, ...]) -> str:
    chosen = request.form.get(name, "")
    if chosen not in known:
        sentence = _("Choose one from the list.")
        raise Invalid(sentence, {name: sentence})
    return chosen


def _signature() -> str:
    try:
        return several_lines(request.form.get("signature"), LONGEST_SIGNATURE)
    except ValueError as error:
        raise Invalid(str(error), {"signature": str(error)}) from None
