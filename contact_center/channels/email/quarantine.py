"""The administrator's page of what came in, byte for byte: what could not be read, why, download it, try it again.

`wiring` registers the blueprint. Lists read only the beginning of each mail; a mail's text is not shown here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, func, select

from contact_center import access, pages, rows
from contact_center.channels import inbox, raws
from contact_center.channels.email import correspondents, headers, settings
from contact_center.channels.email.adapter import HELD_BACK
from contact_center.channels.models import RawMessageRow as Row
from contact_center.channels.models import RawState
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.text import sayings
from contact_center.tickets.models import ref_of

PER_PAGE = 50
_BEGINNING = 16_384  # bytes of a mail in which its headers are looked for
VIEWS: dict[str, tuple[RawState, ...]] = {
    "quarantine": (RawState.QUARANTINED,),
    "waiting": (RawState.NEW,),
    "aside": (RawState.IGNORED, RawState.DUPLICATE),
    "all": (),
}
_REASONS = {  # the words of rules and outcomes
    "our own message came back": lazy_gettext("A message we had sent came back."),
    "a report about something we did not send": lazy_gettext("A report about something we did not send."),
    "a report about a mail that has no ticket": lazy_gettext("A report about a mail that belongs to no ticket."),
    "from a blocked address": lazy_gettext("We take nothing from this address: see Blocked addresses."),
    "duplicate": lazy_gettext("The same message is here already."),
}
_COLUMNS = (
    Row.id, Row.channel, Row.state, Row.received_at, Row.size, Row.attempts, Row.error, Row.outcome, Row.facts,
    Row.place_id,
    func.substring(Row.payload, 1, _BEGINNING).label("beginning"),
)  # fmt: skip

blueprint = Blueprint("quarantine", __name__, url_prefix="/admin/mail")


@dataclass(frozen=True, slots=True)
class Shown:
    """One raw message as the page shows it."""

    id: int
    channel: str
    state: RawState
    received_at: datetime
    size: int
    attempts: int
    error: str
    reason: str
    ticket: str | None
    sender: str
    recipient: str
    subject: str
    message_id: str
    mailbox: str
    is_held_back: bool
    facts: dict[str, Any]


@blueprint.get("")
@access.administrator
def index() -> str:
    """One view, newest first, by pages."""
    view = request.args.get("view", "quarantine")
    before = rows.number(request.args.get("before", "")) or 0
    shown = _page(VIEWS.get(view) or (), before) if view in VIEWS else abort(404)
    older = shown[PER_PAGE - 1].id if len(shown) > PER_PAGE else None
    return render_template(
        "admin/mail.html", view=view, rows=shown[:PER_PAGE], older=older, before=before, counts=_counts()
    )


@blueprint.get("/<int:raw_id>")
@access.administrator
def show(raw_id: int) -> str:
    """One raw message: who, what, and what became of it."""
    row = db.session.execute(_asked().where(Row.id == raw_id)).one_or_none() or abort(404)
    return render_template("admin/mail_message.html", raw=_shown(row, _addresses()))


@blueprint.get("/<int:raw_id>.eml")
@access.administrator
def download(raw_id: int) -> Response:
    """The bytes as they arrived, never opened by the browser itself."""
    row = db.session.execute(select(Row.payload, Row.channel).where(Row.id == raw_id)).one_or_none() or abort(404)
    ending = "eml" if row.channel == "email" else "json"
    response = Response(bytes(row.payload), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=f"{row.channel}-{raw_id}.{ending}")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/<int:raw_id>/retry")
@access.administrator
def retry(raw_id: int) -> Any:
    """Try again: fetch what is still on its server, read what is here."""
    row = db.session.execute(select(Row.place_id, Row.facts).where(Row.id == raw_id)).one_or_none() or abort(404)
    if HELD_BACK in row.facts and row.place_id:
        settings.compare_again(row.place_id)
        db.session.commit()
        flash(
            _("The mail room asks the mail server for it again. If that works, this entry makes way for the mail."),
            "info",
        )
    else:
        _tell(inbox.retry(raw_id, access.me()))
    return redirect(url_for("quarantine.show", raw_id=raw_id), 303)


def _tell(outcome: raws.Outcome) -> None:
    if outcome.state is RawState.DONE and outcome.ticket_id:
        flash(_("It is filed as %(ref)s.", ref=ref_of(outcome.ticket_id)), "success")
    elif outcome.state in (RawState.NEW, RawState.QUARANTINED):
        flash(_("It still could not be read."), "error")
    else:
        flash(_("It was checked again and needs no ticket."), "success")


def _asked() -> Select[Any]:
    return select(*_COLUMNS)


def _page(states: tuple[RawState, ...], before: int) -> list[Shown]:
    """A page and one row more, which tells whether there are older ones."""
    asked = _asked().order_by(Row.id.desc()).limit(PER_PAGE + 1)
    if states:
        asked = asked.where(Row.state.in_(states))
    if before:
        asked = asked.where(Row.id < before)
    addresses = _addresses()
    return [_shown(row, addresses) for row in db.session.execute(asked)]


def _counts() -> dict[str, int]:
    """How many wait in the two views that should be empty."""
    found = raws.counts()
    return {"quarantine": found[RawState.QUARANTINED], "waiting": found[RawState.NEW]}


def _addresses() -> dict[int, str]:
    return dict(db.session.execute(select(Mailbox.id, Mailbox.address)).all())


def _shown(row: Any, mailboxes: dict[int, str]) -> Shown:
    sender, recipient, subject, message_id = _heads(row) if row.channel == "email" else ("", "", "", "")
    rule = str((row.outcome.get("why") or {}).get("rule", ""))
    ticket_id = row.outcome.get("ticket_id")
    return Shown(
        row.id, row.channel, row.state, row.received_at, int(row.facts.get("size") or row.size), row.attempts,
        error=sayings.say(row.error),
        reason=str(_REASONS.get(rule, "")), ticket=ref_of(ticket_id) if ticket_id else None,
        sender=sender, recipient=recipient, subject=subject, message_id=message_id,
        mailbox=mailboxes.get(row.place_id, ""), is_held_back=HELD_BACK in row.facts, facts=row.facts,
    )  # fmt: skip


def _heads(row: Any) -> tuple[str, str, str, str]:
    """Who wrote, to whom, about what: as far as the headers can be read."""
    data = bytes(row.beginning)
    try:
        found, _end = headers.read(data, 0, len(data))
        people = correspondents.of(found)
        names = [part for part in (people.sender_name, people.sender) if part]
        to = pages.listed(people.recipients[:3])
        return " · ".join(names), to, found.text("subject")[:300], found.text("message-id")[:300]
    except Exception:  # noqa: BLE001 (this page is where the unreadable is looked at)
        return "", "", "", ""
