"""The portal's start and the request form. Works without scripts and without cookies; loses nothing that was typed.

`wiring` registers the blueprint. The private page of one ticket is in `status.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access, clock
from contact_center.channels import raws
from contact_center.channels.web import forms, receipt, seals, uploads
from contact_center.channels.web.portal import limits, visit
from contact_center.channels.web.submissions import Form, StoredFile, Submission
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.mailboxes import places
from contact_center.selfservice import deflections, look, notices
from contact_center.tickets import expected
from contact_center.tickets.messages import Message
from contact_center.tickets.models import RequestKind, Ticket
from contact_center.tickets.threading import Rule

FASTEST = timedelta(seconds=3)  # nobody reads and fills the form in less
_ON_PAGE = ("kind", "text", "files", "order_number", "name", "email", "phone")
_REMEMBERED = 5  # requests of this browser whose thanks page it may see again

blueprint = Blueprint("portal", __name__)
visit.prepare(blueprint)


@dataclass
class _Page:
    """The request form as it is about to be shown."""

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(forms.FIELDS, ""))
    files: tuple[StoredFile, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    notice: str = ""

    def shown(self, status: int = 200) -> Response:
        """The page; the first field with a problem gets the focus."""
        sealed = request.form.get("token", "") if visit.token(Form.REQUEST) else seals.issue(Form.REQUEST)
        page = render_template(
            "portal/request.html",
            typed=self.typed,
            problems=self.problems,
            notice=self.notice,
            kept=[(file, seals.seal_file(file)) for file in self.files],
            token=sealed,
            kinds=list(RequestKind),
            first=next((name for name in _ON_PAGE if name in self.problems), None),
            most_files=uploads.MOST_FILES,
            most_bytes=visit.config().max_upload_bytes,
        )
        return make_response(page, status)

    def refused_until(self, again: datetime) -> Response:
        """The page with everything on it, and when it may be sent again."""
        self.notice = visit.too_often(again)
        return visit.until(again, self.shown(429))


@blueprint.get("/")
@access.public
def home() -> str | AnyResponse:
    """The start: what one can do here today; who is signed in has a start of their own."""
    if access.signed_in() is not None:
        return redirect(url_for("my.home"))
    mailbox = places.mailbox_of(None)
    return render_template(
        "portal/home.html",
        kinds=list(RequestKind),
        mail=mailbox.address if mailbox else None,
        notices=notices.shown()[:2],
        title_of=notices.title,
    )


@blueprint.get("/logo/<int:version>")
@access.public
def logo(version: int) -> Response:
    """The firm's logo; a new one has another address."""
    shown = look.current()
    if shown.logo_id is None or version > shown.version:
        abort(404)
    response = make_response(store.read(db.session.get_one(File, shown.logo_id)))
    response.headers["Content-Type"] = shown.logo_type
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/request")
@access.public
def request_form() -> Response:
    """The empty form; a link may choose the kind."""
    page = _Page()
    page.typed["kind"] = request.args.get("kind", "") if request.args.get("kind") in RequestKind.__members__ else ""
    return page.shown()


@blueprint.post("/request")
@access.public
def send_request() -> AnyResponse:
    """Take a request in, or show the form again with one sentence for each thing that is missing."""
    page = _Page(forms.typed(request.form))
    if again := limits.by_network():
        return page.refused_until(again)
    taken = visit.files()
    page.files = taken.files
    if visit.language_clicked():
        return page.shown()
    asked = _check(page, taken.problems)
    if asked is None:
        return page.shown(422)
    token = visit.token(Form.REQUEST)
    if token is None:
        page.notice = gettext("Please check your request and send it once more.")
        return page.shown(400)
    if again := limits.by_address(asked.sender.value):
        return page.refused_until(again)
    return _file(page, asked, token)


@blueprint.get("/request/sent/<int:raw_id>")
@access.public
def sent(raw_id: int) -> str:
    """Thanks, with the number; the private link only where no mail brings it, and only to the browser that wrote."""
    if raw_id not in session.get("sent", []):
        return render_template("portal/sent.html", ticket=None)
    outcome = raws.outcome(raw_id)
    ticket = db.session.get(Ticket, outcome.ticket_id) if outcome.ticket_id else None
    message = db.session.get(Message, outcome.message_id) if outcome.message_id else None
    if ticket is None or message is None or message.sender is None:
        return render_template("portal/sent.html", ticket=ticket)
    # Only a ticket that this request opened is its sender's to see.
    shows = outcome.why.get("rule") == Rule.NEW and receipt.may_show_link(ticket, message.sender)
    return render_template(
        "portal/sent.html",
        ticket=ticket,
        mailed_to=message.sender if outcome.acknowledged else None,
        link=receipt.link_of(ticket) if shows and not outcome.acknowledged else None,
        expected=expected.of(ticket),
    )


def _check(page: _Page, file_problems: tuple[str, ...]) -> forms.Request | None:
    asked = None
    try:
        asked = forms.read(page.typed, visit.config().default_region)
    except Invalid as error:
        page.problems, page.notice = dict(error.fields), error.sentence
    if file_problems:
        page.problems["files"] = " ".join(file_problems)
    return None if page.problems else asked


def _file(page: _Page, asked: forms.Request, token: seals.Token) -> AnyResponse:
    suspicion = _suspicion(token)
    submission = Submission(
        form=Form.REQUEST,
        nonce=token.nonce,
        sender=asked.sender,
        sender_name=asked.name,
        text=asked.text,
        language=visit.language(),
        fields=asked.fields() | ({"suspicion": suspicion} if suspicion else {}),
        files=page.files,
    )
    try:
        raw_id = visit.hand_over(submission)
    except OperationalError:
        db.session.rollback()
        page.notice = visit.not_now()
        return page.shown(503)
    _refute_articles()
    session["sent"] = [*(known for known in session.get("sent", []) if known != raw_id), raw_id][-_REMEMBERED:]
    return redirect(url_for("portal.sent", raw_id=raw_id), 303)


def _refute_articles() -> None:
    """An article that this browser had found helpful was not enough."""
    if known := request.cookies.get(access.cookie("visitor")):
        deflections.refute(known)
        db.session.commit()


def _suspicion(token: seals.Token) -> str | None:
    """Why this may be a robot. Its request is filed like any other, but causes no mail: the address may be anyone's."""
    if request.form.get("website"):
        return "hidden_field"
    if clock.now() - token.shown_at < FASTEST:
        return "too_fast"
    return None
