"""A new request of a signed-in customer: what it is about, what covers it, the words; a visit is booked with it.

`wiring` registers the blueprint. What covers a request stands beside each device before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels import raws
from contact_center.channels.web import forms, seals, uploads
from contact_center.channels.web.portal import door, limits, visit
from contact_center.channels.web.submissions import Form, StoredFile, Submission
from contact_center.entitlements import checks
from contact_center.entitlements.models import Asset
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.selfservice import cover, purchases, visits
from contact_center.selfservice.cover import Choice
from contact_center.selfservice.sessions import SignedIn
from contact_center.tickets import deadlines
from contact_center.tickets.models import RequestKind, Ticket

VISIT = "VISIT"  # asked for like a kind of request: a repair with a visit booked
KINDS = (*(kind.value for kind in RequestKind), VISIT)
_ACTS = (
    ("DELIVERY", "truck-delivery"), ("RETURN", "package-export"), (VISIT, "tool"), ("COMPLAINT", "message-report"),
)  # fmt: skip
_FIELDS = ("kind", "text", "order", "asset", "other", "slot", "region")

blueprint = Blueprint("my_asking", __name__, url_prefix="/my/ask")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def form() -> Response:
    """The form; a link may choose the kind, the order and the device."""
    typed = {name: forms.clean(request.args.get(name, ""), is_line=True)[:200] for name in _FIELDS}
    return _Page(typed | {"text": ""}).shown()


@blueprint.post("")
@access.customer
@door.keeps_what_was_typed
def send() -> AnyResponse:
    """Take the request in and book its visit, or show the form again with a sentence for each thing that is missing."""
    typed = {name: forms.clean(request.form.get(name, ""), is_line=name != "text") for name in _FIELDS}
    page = _Page(typed)
    if again := limits.by_network() or limits.by_address(f"customer {page.me.customer.id}"):
        return page.refused_until(again)
    taken = visit.files()
    page.files = taken.files
    if visit.language_clicked() or "look" in request.form:
        return page.shown()
    token = visit.token(Form.REQUEST, page.of())
    if door.is_expired() or token is None:
        page.notice = door.expired()
        return page.shown(400)
    if page.typed["other"]:
        page.notice = _("Look at what covers this device, then send it.")
        return page.shown()
    page.check(taken.problems)
    if page.problems:
        page.notice = _("Please look at what is marked below and send it again.")
        return page.shown(422)
    return _file(page, token)


@dataclass
class _Page:
    """The form as it is about to be shown."""

    typed: dict[str, str]
    files: tuple[StoredFile, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    notice: str = ""
    me: SignedIn = field(default_factory=door.me)

    def __post_init__(self) -> None:
        if self.typed["kind"] not in KINDS:
            self.typed["kind"] = ""
        if self.typed["other"]:  # one from the long list: now it stands among those with their cover
            self.typed["asset"] = self.typed["other"]
        self.is_visit = self.typed["kind"] == VISIT
        self.kind = RequestKind.REPAIR if self.is_visit else self.typed["kind"]
        self.region = (
            self.typed["region"] or self.me.customer.region or (self.me.company and self.me.company.region) or ""
        )

    def of(self) -> str:
        """What binds the form's token to this session."""
        return f"my {self.me.id}"

    @cached_property
    def _devices(self) -> tuple[list[Choice], list[Asset]]:
        is_about = self.kind in cover.ABOUT_DEVICES
        return cover.choices(self.me, str(self.kind), self.typed["asset"]) if is_about else ([], [])

    @property
    def choices(self) -> list[Choice]:
        """The devices that it may be about, each with what covers it."""
        return self._devices[0]

    @property
    def asset_id(self) -> int | None:
        """The device that was chosen, if it is one of theirs."""
        return next((one.asset.id for one in self.choices if str(one.asset.id) == self.typed["asset"]), None)

    def check(self, file_problems: tuple[str, ...]) -> None:
        """Note a sentence for each thing that is missing or is not theirs."""
        if not self.typed["kind"]:
            self.problems["kind"] = _("Choose what it is about; “Something else” is fine.")
        try:
            forms.text(self.typed["text"])
        except ValueError as error:
            self.problems["text"] = str(error)
        if file_problems:
            self.problems["files"] = " ".join(file_problems)
        if self.typed["asset"] and self.asset_id is None:
            self.problems["asset"] = _("Choose one of your devices, or none.")
        if self.typed["order"] and purchases.number_of(self.me.ids, self.typed["order"]) is None:
            self.problems["order"] = _("This is not the number of one of your orders.")
        if self.is_visit and not any(slot.key == self.typed["slot"] for slot in visits.slots(self.region)):
            self.problems["slot"] = _("Choose a time for the visit.")

    def shown(self, status: int = 200) -> Response:
        """The page; the first field with a problem gets the focus."""
        sealed = request.form.get("token", "") if visit.token(Form.REQUEST, self.of()) else ""
        page = render_template(
            "portal/ask.html",
            me=self.me,
            typed=self.typed,
            kind=self.kind,
            is_visit=self.is_visit,
            kinds=KINDS,
            choices=self.choices,
            others=self._devices[1],
            slots=visits.slots(self.region) if self.is_visit else [],
            regions=visits.regions() if self.is_visit else [],
            region=self.region,
            orders=purchases.page(self.me.ids, limit=20).purchases,
            problems=self.problems,
            notice=self.notice,
            kept=[(file, seals.seal_file(file)) for file in self.files],
            token=sealed or seals.issue(Form.REQUEST, self.of()),
            first=next((name for name in _FIELDS if name in self.problems), None),
            most_files=uploads.MOST_FILES,
            most_bytes=visit.config().max_upload_bytes,
        )
        return make_response(page, status)

    def refused_until(self, again: datetime) -> Response:
        """The page with everything on it, and when it may be sent again."""
        self.notice = visit.too_often(again)
        return visit.until(again, self.shown(429))


def _file(page: _Page, token: seals.Token) -> AnyResponse:
    asked = {"kind": str(page.kind), "order_number": page.typed["order"], "asset_id": str(page.asset_id or "")}
    submission = Submission(
        form=Form.REQUEST,
        nonce=token.nonce,
        sender=page.me.address,
        sender_name=page.me.customer.name,
        text=page.typed["text"],
        language=visit.language(),
        fields={name: value for name, value in asked.items() if value},
        files=page.files,
        customer_id=page.me.customer.id,
    )
    try:
        raw_id = visit.hand_over(submission)
    except OperationalError:
        db.session.rollback()
        page.notice = visit.not_now()
        return page.shown(503)
    return _then(page, raw_id)


def _then(page: _Page, raw_id: int) -> AnyResponse:
    """Book the visit, and lead to the new request."""
    outcome = raws.outcome(raw_id)
    ticket = db.session.get(Ticket, outcome.ticket_id) if outcome.ticket_id else None
    if ticket is None:
        flash(_("We have your request. It will appear here in a moment."), "success")
        return redirect(url_for("my_requests.listing"), 303)
    if page.asset_id is not None:
        checks.again(ticket, asset_id=page.asset_id)
        deadlines.follow(ticket)
        db.session.commit()
    if page.is_visit and not _booked(ticket, page):
        return redirect(url_for("my_visits.choose", ref=ticket.ref), 303)
    flash(_("We have your request. Its number is %(ref)s.", ref=ticket.ref), "success")
    return redirect(url_for("my_requests.show", ref=ticket.ref), 303)


def _booked(ticket: Ticket, page: _Page) -> bool:
    try:
        visits.book(ticket, page.region, page.typed["slot"])
        db.session.commit()
    except AlreadyTaken as taken:
        db.session.rollback()
        flash(_("We have your request %(ref)s, but not the visit yet.", ref=ticket.ref) + " " + taken.sentence, "info")
        return False
    return True


def acts(me: SignedIn) -> list[dict[str, Any]]:
    """The four things most asked for, each with what it costs before one taps on it."""
    return [
        {"kind": kind, "icon": icon, "said": cover.in_short(me, "REPAIR" if kind == VISIT else kind)}
        for kind, icon in _ACTS
    ]
