"""The private page of one ticket: how far it is, what was said, and a box to add to it. The link is the key.

`wiring` registers the blueprint. Never linked from anywhere, never indexed, never cached, no referrer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms, kinds, seals, uploads
from contact_center.channels.web.portal import limits, visit
from contact_center.channels.web.submissions import Form, StoredFile, Submission
from contact_center.extensions import db
from contact_center.files import store
from contact_center.rows import number
from contact_center.tickets import expected, private_page
from contact_center.tickets.models import Ticket

blueprint = Blueprint("private_page", __name__, url_prefix="/r/<portal_token>")
visit.prepare(blueprint)


@dataclass
class _Page:
    """The private page as it is about to be shown: the reply box may hold what was typed before."""

    ticket: Ticket
    text: str = ""
    files: tuple[StoredFile, ...] = ()
    problem: str = ""
    file_problem: str = ""

    def shown(self, status: int = 200) -> Response:
        """The page; a problem gets the focus."""
        sealed = request.form.get("token", "") if self.token() else seals.issue(Form.REPLY, self.ticket.portal_token)
        page = render_template(
            "portal/private_page.html",
            **_progress(self.ticket),
            text=self.text,
            kept=[(file, seals.seal_file(file)) for file in self.files],
            problem=self.problem,
            file_problem=self.file_problem,
            token=sealed,
            most_files=uploads.MOST_FILES,
            most_bytes=visit.config().max_upload_bytes,
        )
        return make_response(page, status)

    def token(self) -> seals.Token | None:
        """The reply box's token, if it was sent from this very page."""
        return visit.token(Form.REPLY, self.ticket.portal_token)

    def refused_until(self, again: datetime) -> Response:
        """The page with everything typed, and when it may be sent again."""
        self.problem = visit.too_often(again)
        return visit.until(again, self.shown(429))


@blueprint.get("")
@access.public
def show(portal_token: str) -> Response:
    """The whole page."""
    return _Page(_ticket(portal_token)).shown()


@blueprint.get("/conversation")
@access.public
def conversation(portal_token: str) -> Response:
    """The parts that change, for a page that asks now and then; 204 if it shows them already."""
    ticket = _ticket(portal_token)
    if request.args.get("shown") == _version(ticket):
        return make_response("", 204)
    return make_response(render_template("portal/_update.html", **_progress(ticket)))


@blueprint.post("")
@access.public
def reply(portal_token: str) -> AnyResponse:
    """Add to the ticket. A closed one stays closed: a new, linked one is opened."""
    page = _Page(_ticket(portal_token), forms.clean(request.form.get("text", "")))
    if again := limits.by_network() or limits.by_page(page.ticket.id):
        return page.refused_until(again)
    taken = visit.files()
    page.files, page.file_problem = taken.files, " ".join(taken.problems)
    if visit.language_clicked():
        return page.shown()
    try:
        forms.text(page.text)
    except ValueError as error:
        page.problem = str(error)
    if page.problem or page.file_problem:
        return page.shown(422)
    token = page.token()
    if token is None:
        page.problem = gettext("Please check your reply and send it once more.")
        return page.shown(400)
    return _file(page, token)


@blueprint.get("/files/<int:attachment_id>")
@access.public
def attachment(portal_token: str, attachment_id: int) -> Response:
    """One file of the visible conversation, always as a download."""
    part = private_page.attachment(_ticket(portal_token), attachment_id)
    if part is None:
        abort(404)
    try:
        path = store.path_of(part.file)
    except FileNotFoundError:
        abort(404)
    response = send_file(path, kinds.served(part.content_type), as_attachment=True, download_name=part.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.after_request
def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _ticket(portal_token: str) -> Ticket:
    return private_page.find(portal_token) or abort(404)


def _version(ticket: Ticket) -> str:
    """Changes when the page would look different."""
    return f"{private_page.progress(ticket)}-{private_page.last_id(ticket)}"


def _progress(ticket: Ticket) -> dict[str, Any]:
    before = number(request.args.get("before", ""))
    return {
        "ticket": ticket,
        "progress": private_page.progress(ticket),
        "conversation": private_page.conversation(ticket, before=before),
        "before": before,
        "version": _version(ticket),
        "most_text": forms.LONGEST_TEXT,
        "expected": expected.of(ticket),
    }


def _file(page: _Page, token: seals.Token) -> AnyResponse:
    sender = private_page.requester(page.ticket)
    submission = Submission(
        form=Form.REPLY,
        nonce=token.nonce,
        sender=sender[0] if sender else None,
        sender_name=sender[1] if sender else "",
        text=page.text,
        language=visit.language(),
        files=page.files,
        ticket_token=page.ticket.token,
    )
    try:
        raw_id = visit.hand_over(submission)
    except OperationalError:
        db.session.rollback()
        page.problem = visit.not_now()
        return page.shown(503)
    filed = visit.filed(page.ticket, raw_id)
    return redirect(url_for("private_page.show", portal_token=filed.portal_token), 303)
