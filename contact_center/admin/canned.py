"""Settings, Canned replies: prepared answers in our languages, for all queues or for one. Supervisors may edit them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.tickets import canned
from contact_center.tickets.models import CannedReply

blueprint = Blueprint("canned", __name__, url_prefix="/admin/canned")


@blueprint.get("")
@access.supervisor
def listing() -> str:
    """All of them, found by words of name or text."""
    text = request.args.get("q", "").strip()[:100]
    words = text.casefold().split()
    rows = [row for row in _visible() if all(word in f"{row.name} {row.body}".casefold() for word in words)]
    return render_template("admin/canned.html", page="canned", rows=rows, text=text, queue_names=_queue_names())


@blueprint.get("/new")
@access.supervisor
def blank() -> str:
    return _form(None)


@blueprint.post("/new")
@access.supervisor
def add() -> Any:
    row = once.made(CannedReply, lambda: canned.add(access.me(), **_fields()))
    db.session.commit()
    flash(_("“%(name)s” can be used now.", name=row.name), "success")
    return redirect(url_for("canned.listing"), 303)


@blueprint.get("/<int:row_id>")
@access.supervisor
def edit(row_id: int) -> str:
    return _form(_mine(row_id))


@blueprint.post("/<int:row_id>")
@access.supervisor
def save(row_id: int) -> Any:
    canned.change(_mine(row_id), access.me(), **_fields())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("canned.listing"), 303)


@blueprint.post("/<int:row_id>/remove")
@access.supervisor
def remove(row_id: int) -> Any:
    row = _mine(row_id)
    name = row.name
    canned.remove(row, access.me())
    db.session.commit()
    flash(_("“%(name)s” is removed.", name=name), "success")
    return redirect(url_for("canned.listing"), 303)


@blueprint.post("/preview")
@access.supervisor
def preview() -> str:
    """How the text would read, and which variables nobody knows."""
    language = reading.text("language")
    if language not in LANGUAGES:
        raise Invalid(_("Choose a language."), {"language": _("Choose a language.")})
    filled = canned.preview(reading.text("body")[: canned.MAX_BODY], access.me(), language)
    unknown = [f"{{{name}}}" for name in filled.unknown]
    return render_template("admin/_canned_preview.html", filled=filled, unknown=unknown)


def _form(row: CannedReply | None) -> str:
    return render_template(
        "admin/canned_reply.html",
        page="canned",
        row=row,
        queues=membership.queues_of(access.me()),
        variables=list(canned.VARIABLES),
        first_language=access.me().language,
    )


def _fields() -> dict[str, Any]:
    return {
        "name": reading.text("name"),
        "language": reading.text("language"),
        "body": reading.text("body"),
        "queue": _queue(),
    }


def _queue() -> Queue | None:
    """The queue it is for; only one that the person sees."""
    wanted = reading.number("queue_id")
    if wanted is None:
        return None
    found = next((queue for queue in membership.queues_of(access.me()) if queue.id == wanted), None)
    if found is None:
        raise Invalid(_("This queue is not one of yours."), {"queue_id": _("This queue is not one of yours.")})
    return found


def _visible() -> list[CannedReply]:
    """Those for all queues, and those of the queues the person sees."""
    rows = canned.everything()
    if access.me().is_administrator:
        return rows
    mine = {queue.id for queue in membership.queues_of(access.me())}
    return [row for row in rows if row.queue_id is None or row.queue_id in mine]


def _mine(row_id: int) -> CannedReply:
    row = reading.or_404(CannedReply, row_id)
    return row if row in _visible() else abort(404)


def _queue_names() -> dict[int, str]:
    return {queue.id: queue.name for queue in membership.queues_of(access.me())}
