"""A new ticket that an agent begins: whom to write to, from which queue, what about, and the first mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers import search
from contact_center.customers.models import Customer
from contact_center.desk import asked
from contact_center.desk.tickets import texting
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.text.addresses import Scheme, email_normal
from contact_center.tickets import canned, lists, replies, texts
from contact_center.tickets.models import Ticket

blueprint = Blueprint("starting", __name__, url_prefix="/new")
FOUND = 6


@blueprint.get("")
@access.agent
def ask() -> str:
    """The form; the address of the page may fill it in."""
    by_text = texting.anew()
    can_write = {"queues": _queues(), "has_mailbox": bool(places.own_addresses()) or by_text.can_send, "texts": by_text}
    counts, whom = lists.counts(access.me()), _whom()
    values = {**request.args.to_dict(), **_canned(whom["customer"])}
    return render_template("desk/tickets/new.html", **whom, **can_write, counts=counts, values=values)


@blueprint.get("/find")
@access.agent
def find() -> str:
    """Customers for what is typed, and the address itself if it is one."""
    typed = request.args.get("to", "").strip()[:200]
    found = search.find(typed, limit=FOUND)
    return render_template(
        "desk/tickets/_new_found.html", found=found, typed=typed, address=email_normal(typed) or _number(typed)
    )


@blueprint.get("/whom")
@access.agent
def whom() -> str:
    """The part of the form that says to whom: a chosen customer, a bare address, or the search."""
    return render_template("desk/tickets/_new_whom.html", **_whom())


@blueprint.post("")
@access.agent
def start() -> Any:
    """Open the ticket and send its first mail."""
    ticket = once.made(Ticket, _start)
    db.session.commit()
    return asked.done(url=asked.page_of(ticket))


def _start() -> Ticket:
    form, agent = request.form, access.me()
    queue = db.session.get(Queue, asked.number("queue"))
    customer = db.session.get(Customer, asked.number("customer_id")) if form.get("customer_id") else None
    if queue is None or queue not in _queues():
        sentence = _("Choose one of your queues.")
        raise Invalid(sentence, {"queue": sentence})
    return replies.start(
        customer, form.get("to", ""), form.get("subject", ""), form.get("text", ""), queue, agent,
        upload_ids=asked.numbers("upload"),
    )  # fmt: skip


def _canned(customer: Customer | None) -> dict[str, str]:
    """The canned reply that the address of the page names, filled in for a customer we know."""
    name = request.args.get("canned", "")
    return {"text": canned.for_customer(name, customer, access.me())} if name and customer else {}


def _whom() -> dict[str, Any]:
    customer = db.session.get(Customer, asked.number("customer")) if request.args.get("customer") else None
    wanted = (Scheme.EMAIL, Scheme.PHONE) if places.texting_number(None) else (Scheme.EMAIL,)
    emails = [point for point in customer.points if point.scheme in wanted] if customer else []
    emails.sort(key=lambda p: (p.scheme is Scheme.PHONE, p.bounced_at is not None, not p.is_preferred, p.id))
    typed = request.args.get("address", "")
    return {"customer": customer, "emails": emails, "address": email_normal(typed) or _number(typed) or ""}


def _number(typed: str) -> str | None:
    """A telephone number that can be written to; None where no number of ours writes texts."""
    return texts.number_in(typed) if places.texting_number(None) and len(typed) < 40 else None


def _queues() -> list[Queue]:
    return membership.queues_of(access.me())
