"""Low answers and what becomes of them: the list with its terms, and one of them to take, to work on and to close."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock, rows
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.satisfaction import questions, recoveries, recovery_lists, scales, words
from contact_center.satisfaction.models import AskedBy, Blame, Outcome, Recovery
from contact_center.satisfaction.recovery_lists import Which
from contact_center.tickets.models import Task, TaskState

blueprint = Blueprint("recoveries", __name__, url_prefix="/floor/recoveries")

PAGE = 50
LATELY = timedelta(days=28)


@blueprint.get("")
@access.supervisor
def listing() -> str:
    """Open ones by their term, or the late ones, one's own, or what is done."""
    viewer, which, tier = access.me(), _which(), request.args.get("tier", "")
    if tier not in (*TIERS, "none", ""):
        abort(404)
    found = recovery_lists.listed(viewer, which, tier, after=_after(), limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render_template(
        "floor/recoveries.html", section="floor", page="recoveries", rows=found[:PAGE], which=which, tier=tier,
        tiers=TIERS, counts=recovery_lists.counts(viewer, clock.now() - LATELY), Which=Which, words=words,
        shown=scales.shown, tone=scales.tone, days=LATELY.days, now=clock.now(),
        next=url_for(".listing", which=which, tier=tier or None, after=_edge(last, which)) if last else None,
    )  # fmt: skip


@blueprint.get("/<int:recovery_id>")
@access.supervisor
def show(recovery_id: int) -> str:
    """One of them; who opens it has seen its notice."""
    recovery = _recovery(recovery_id)
    recoveries.see(recovery, access.me())
    db.session.commit()
    return _page(_recovery(recovery_id), {}, {})


@blueprint.post("/<int:recovery_id>/take")
@access.supervisor
def take(recovery_id: int) -> Any:
    """It is mine to make good."""
    recoveries.take(_recovery(recovery_id), access.me(), rows.number(request.form.get("owner", "")))
    db.session.commit()
    flash(_("It is yours."), "success")
    return redirect(url_for(".show", recovery_id=recovery_id), 303)


@blueprint.post("/<int:recovery_id>/close")
@access.supervisor
def close(recovery_id: int) -> Any:
    """Say how it ended."""
    recovery = _recovery(recovery_id)
    typed = {name: request.form.get(name, "") for name in ("outcome", "blame", "note")}
    try:
        recoveries.close(recovery, access.me(), **typed)
    except Invalid as error:
        db.session.rollback()
        return _page(_recovery(recovery_id), typed, error.fields), error.status
    db.session.commit()
    second = recovery.second
    why = words.passed_over(second.passed_over) if second is not None and second.passed_over else ""
    flash(
        _("Closed. The customer is not asked once more: %(why)s.", why=why) if why
        else _("Closed. The customer is asked once more."),
        "success",
    )  # fmt: skip
    return redirect(url_for(".show", recovery_id=recovery_id), 303)


def _page(recovery: Recovery, typed: dict[str, str], problems: dict[str, str]) -> str:
    survey = recovery.survey
    task = db.session.get(Task, recovery.task_id) if recovery.task_id else None
    return render_template(
        "floor/recovery.html", section="floor", page="recoveries", recovery=recovery, survey=survey, typed=typed,
        problems=problems, words=words, shown=scales.shown, tone=scales.tone, outcomes=list(Outcome), now=clock.now(),
        blames=list(Blame), most=recoveries.MAX_NOTE,
        is_ticked_off=task is not None and task.state is not TaskState.OPEN,
        question=questions.said(survey.scale, AskedBy.PORTAL, access.me().language, survey.ticket.ref),
    )  # fmt: skip


def _recovery(recovery_id: int) -> Recovery:
    return recovery_lists.one(access.me(), recovery_id) or abort(404)


def _which() -> Which:
    asked = request.args.get("which", Which.OPEN)
    return Which(asked) if asked in list(Which) else abort(404)


def _edge(last: Recovery, which: Which) -> str:
    at = last.opened_at if which is Which.DONE else last.due_at
    return f"{at.isoformat()}~{last.id}"


def _after() -> tuple[datetime, int] | None:
    """The edge of the page before; a damaged one leads to the beginning."""
    at, _tilde, number = request.args.get("after", "").partition("~")
    try:
        return (datetime.fromisoformat(at), int(number)) if 0 < int(number) < 2**63 else None
    except ValueError:
        return None
