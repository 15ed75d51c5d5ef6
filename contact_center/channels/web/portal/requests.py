"""The signed-in customer's tickets of every channel: the list, one conversation, an answer to it, and "it is solved".

`wiring` registers the blueprint. A ticket of somebody else is the same 404 as none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms, kinds, seals, uploads
from contact_center.channels.web.portal import door, limits, visit
from contact_center.channels.web.submissions import Form, StoredFile, Submission
from contact_center.extensions import db
from contact_center.files import store
from contact_center.rows import number
from contact_center.satisfaction import questions, scales, surveys
from contact_center.satisfaction.models import AskedBy, Scale
from contact_center.selfservice import own_tickets, visits
from contact_center.tickets import expected
from contact_center.tickets.models import Ticket

blueprint = Blueprint("my_requests", __name__, url_prefix="/my/requests")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def listing() -> str:
    """Newest first, a page at a time."""
    page = own_tickets.page(door.me().ids, before=number(request.args.get("before", "")))
    return render_template("portal/requests.html", me=door.me(), page=page)


@blueprint.get("/<ref>")
@access.customer
def show(ref: str) -> Response:
    """The whole conversation, on whichever channels it went."""
    return _Page(_ticket(ref)).shown()


@blueprint.get("/<ref>/conversation")
@access.customer
def conversation(ref: str) -> Response:
    """The parts that change, for a page that asks now and then; 204 if it shows them already."""
    page = _Page(_ticket(ref))
    parts = page.parts()
    if request.args.get("shown") == parts["version"]:
        return make_response("", 204)
    return make_response(render_template("portal/_request_update.html", **parts))


@blueprint.post("/<ref>")
@access.customer
@door.keeps_what_was_typed
def reply(ref: str) -> AnyResponse:
    """Add to the ticket; what was solved is taken up again, what was closed goes on in a new one."""
    page = _Page(_ticket(ref), forms.clean(request.form.get("text", "")))
    if again := limits.by_network() or limits.by_page(page.ticket.id):
        page.problem = visit.too_often(again)
        return visit.until(again, page.shown(429))
    taken = visit.files()
    page.files, page.file_problem = taken.files, " ".join(taken.problems)
    if visit.language_clicked():
        return page.shown()
    try:
        forms.text(page.text)
    except ValueError as error:
        page.problem = str(error)
    token = page.token()
    if door.is_expired() or token is None:
        page.problem = door.expired()
        return page.shown(400)
    if page.problem or page.file_problem:
        return page.shown(422)
    return _file(page, token)


@blueprint.post("/<ref>/solved")
@access.customer
def solved(ref: str) -> AnyResponse:
    """The customer says that the matter is done."""
    ticket = _ticket(ref)
    own_tickets.solved(ticket)
    db.session.commit()
    flash(_("Thank you. The request is marked as solved; if it is not, simply write here again."), "success")
    return redirect(url_for("my_requests.show", ref=ref), 303)


@blueprint.get("/<ref>/files/<int:attachment_id>")
@access.customer
def attachment(ref: str, attachment_id: int) -> Response:
    """One file of the visible conversation, always as a download."""
    part = own_tickets.attachment(_ticket(ref), door.me().ids, attachment_id)
    if part is None:
        abort(404)
    try:
        path = store.path_of(part.file)
    except FileNotFoundError:
        abort(404)
    response = send_file(path, kinds.served(part.content_type), as_attachment=True, download_name=part.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass
class _Page:
    """A ticket's page as it is about to be shown: the reply box may hold what was typed before."""

    ticket: Ticket
    text: str = ""
    files: tuple[StoredFile, ...] = ()
    problem: str = ""
    file_problem: str = ""
    me: Any = field(default_factory=door.me)

    def shown(self, status: int = 200) -> Response:
        """The page; a problem gets the focus."""
        page = render_template(
            "portal/my_request.html",
            **self.parts(),
            me=self.me,
            text=self.text,
            kept=[(file, seals.seal_file(file)) for file in self.files],
            problem=self.problem,
            file_problem=self.file_problem,
            token=request.form.get("token", "") if self.token() else seals.issue(Form.REPLY, self._of()),
            most_files=uploads.MOST_FILES,
            most_bytes=visit.config().max_upload_bytes,
        )
        return make_response(page, status)

    def token(self) -> seals.Token | None:
        """The reply box's token, if it was sent from this very page."""
        return visit.token(Form.REPLY, self._of())

    def parts(self) -> dict[str, Any]:
        """What of the page may change by itself."""
        before = number(request.args.get("before", ""))
        talk = own_tickets.conversation(self.ticket, self.me.ids, before=before)
        progress = own_tickets.progress(self.ticket, self.me.ids)
        booked = visits.of(self.ticket.id)
        return {
            "ticket": self.ticket,
            "progress": progress,
            "conversation": talk,
            "before": before,
            "booked": booked,
            "expected": expected.of(self.ticket),
            **self.rating(),
            "may_change": booked is not None and visits.may_change(booked),
            "followed_by": own_tickets.followed_by(self.ticket, self.me.ids) if progress == "CLOSED" else None,
            "version": "-".join(
                [progress, str(talk.said[-1].id if talk.said else 0), visits.booked_key(booked) if booked else ""]
            ),
        }

    def rating(self) -> dict[str, Any]:
        """The question, where the ticket is solved, or was made good, and it can still be answered or changed."""
        survey = surveys.of_ticket(self.ticket)
        is_open = survey is None or survey.score is None or surveys.is_open(survey)
        is_made_good = survey is not None and survey.after_recovery_of is not None
        scale = survey.scale if survey is not None else Scale.CSAT
        return {
            "survey": survey,
            "may_rate": is_open and (self.ticket.state in own_tickets.SETTLED or is_made_good),
            "question": questions.said(scale, AskedBy.PORTAL, visit.language(), self.ticket.ref),
            "answers": scales.answers(scale),
        }

    def _of(self) -> str:
        return f"{self.me.id} {self.ticket.id}"


def _ticket(ref: str) -> Ticket:
    return own_tickets.one(door.me().ids, ref) or abort(404)


def _file(page: _Page, token: seals.Token) -> AnyResponse:
    submission = Submission(
        form=Form.REPLY,
        nonce=token.nonce,
        sender=page.me.address,
        sender_name=page.me.customer.name,
        text=page.text,
        language=visit.language(),
        files=page.files,
        ticket_token=page.ticket.token,
        customer_id=page.me.customer.id,
    )
    try:
        raw_id = visit.hand_over(submission)
    except OperationalError:
        db.session.rollback()
        page.problem = visit.not_now()
        return page.shown(503)
    return redirect(url_for("my_requests.show", ref=visit.filed(page.ticket, raw_id).ref), 303)
