"""The composer at the foot of a ticket: to whom, drafts, files, canned replies, sending. `page` shows its context."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext as _

from contact_center import access, once, pages
from contact_center.agents.models import Agent
from contact_center.customers import points
from contact_center.desk import asked, taking
from contact_center.desk.tickets import promises, texting
from contact_center.desk.tickets.texting import ByText
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.text.addresses import Scheme, email_display
from contact_center.tickets import addressing, canned, drafts, private_page, replies, texts, uploads
from contact_center.tickets.addressing import Addressing
from contact_center.tickets.messages import Message, Upload
from contact_center.tickets.models import Draft, Ticket, TicketState

blueprint = Blueprint("composer", __name__, url_prefix="/<ref>")
_BETWEEN = re.compile(r"[,;，；、\s]+")
CANNED_SHOWN = 20


def context(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    """What the composer shows: to whom an answer goes, and what was typed before."""
    kept = drafts.of(ticket, agent)
    own = places.own_addresses()
    last = addressing.last_inbound(ticket)
    by_text = texting.of(ticket, addressing.number_to_write_to(ticket, last))
    to, copies = _addressed(kept.get(False), _proposed(ticket, own, last, by_text))
    reader = private_page.reader(ticket)
    why_not = _why_not(ticket, own, reader or (by_text.number and by_text.can_send))
    return {
        "texts": by_text,
        "to": to,
        "copies": copies,
        "page_reader": reader,
        "page_shows_mail": bool(reader) and private_page.shows_mail(ticket),
        "why_not": why_not,
        "drafts": {"note" if is_note else "reply": draft.body for is_note, draft in kept.items()},
        "uploads": _uploads(agent, kept),
        "draft_to_note": "note" if True in kept and False not in kept else "reply",
        "stamp": _stamp(ticket, to, copies, why_not),
    }


@blueprint.post("/answer")
@access.agent
def answer(ref: str) -> Any:
    """Send a reply, or keep a note."""
    ticket = asked.ticket_or_404(ref)
    once.made(Message, lambda: _write(ticket))
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket), **promises.left_open(ticket))


@blueprint.post("/draft")
@access.agent
def draft(ref: str) -> Any:
    """Keep what is typed; nothing typed is no draft."""
    ticket, agent, form = asked.ticket_or_404(ref), access.me(), request.form
    is_note, fields = form.get("kind") == "note", dict[str, Any](upload_ids=asked.numbers("upload"))
    if not is_note:
        fields |= _changed_addresses(ticket, form.get("to", ""), form.get("cc", ""))
    drafts.save(ticket, agent, form.get("text", ""), is_note=is_note, fields=fields)
    db.session.commit()
    return "", 204


@blueprint.get("/canned")
@access.agent
def prepared(ref: str) -> Any:
    """Canned replies that fit the ticket, their variables filled in."""
    ticket, agent = asked.ticket_or_404(ref), access.me()
    found = canned.of_ticket(ticket, request.args.get("q", "")[:100])[:CANNED_SHOWN]
    answers = []
    for row in found:
        filled = canned.fill(row.body, ticket, agent)
        left = [f"{{{name}}}" for name in (*filled.unknown, *filled.empty)]
        warning = _("Still to fill in: %(names)s", names=pages.listed(left)) if left else ""
        answers.append({"id": row.id, "title": row.name, "text": filled.text, "warning": warning})
    return jsonify(answers)


@blueprint.get("/address")
@access.agent
def ask_address(ref: str) -> str:
    """The dialogue that asks for the customer's e-mail address."""
    return render_template("desk/tickets/_address.html", ticket=asked.ticket_or_404(ref))


@blueprint.post("/address")
@access.agent
def add_address(ref: str) -> Any:
    """Give the ticket's customer an e-mail address, so that they can be answered."""
    ticket = asked.ticket_or_404(ref)
    if ticket.customer is None:
        raise IllegalMove(_("Choose the customer of this ticket first."))
    address = points.read(request.form.get("value", ""))
    if address.scheme is not Scheme.EMAIL:
        sentence = _("An answer needs an e-mail address.")
        raise Invalid(sentence, {"value": sentence})
    points.add(ticket.customer, address, access.me())
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket))


def read_addresses(typed: str) -> list[str]:
    """The addresses somebody typed, between commas, semicolons or blanks; a telephone number is one, blanks and all."""
    if number := texts.number_in(typed):
        return [number]
    return [part for part in _BETWEEN.split(typed) if part]


def _write(ticket: Ticket) -> Message:
    agent, form, files = access.me(), request.form, asked.numbers("upload")
    text = form.get("text", "")
    if form.get("kind") == "note":
        return replies.note(ticket, agent, text, upload_ids=files)
    taking.check_pick(ticket)
    to, copies = read_addresses(form.get("to", "")), read_addresses(form.get("cc", ""))
    then = form.get("then") or TicketState.WAITING
    return replies.reply(ticket, agent, text, to=to, copies=copies, upload_ids=files, then=then)


def _addressed(kept: Draft | None, proposed: Addressing) -> tuple[str, str]:
    """To and Cc as they stand in the fields: as the draft has them, else everybody of the last mail."""
    fields = kept.fields if kept else {}
    to, copies = fields.get("to", list(proposed.to)), fields.get("copies", list(proposed.copies))
    return ", ".join(map(email_display, to)), ", ".join(map(email_display, copies))


def _proposed(ticket: Ticket, own: frozenset[str], last: Message | None, by_text: ByText) -> Addressing:
    """A text is answered by text; whoever has opted out, by mail if we can."""
    if by_text.number is not None and by_text.stopped_at is None:
        return Addressing((by_text.number,), ())
    return addressing.proposed_after(ticket, last, own)


def _changed_addresses(ticket: Ticket, to: str, copies: str) -> dict[str, list[str]]:
    """To and Cc if the agent changed them: a draft that says nothing follows whoever writes next."""
    last = addressing.last_inbound(ticket)
    by_text = texting.of(ticket, addressing.number_to_write_to(ticket, last))
    proposed = _proposed(ticket, places.own_addresses(), last, by_text)
    typed = (read_addresses(to), read_addresses(copies))
    same = ([*map(email_display, proposed.to)], [*map(email_display, proposed.copies)])
    return {} if typed == same else {"to": typed[0], "copies": typed[1]}


def _uploads(agent: Agent, kept: dict[bool, Draft]) -> dict[str, list[Upload]]:
    ids = {is_note: draft.fields.get("upload_ids", []) for is_note, draft in kept.items()}
    found = {upload.id: upload for upload in uploads.of(agent, [each for some in ids.values() for each in some])}
    return {
        "note" if is_note else "reply": [found[each] for each in wanted if each in found]
        for is_note, wanted in ids.items()
    }


def _why_not(ticket: Ticket, own: frozenset[str], otherwise: object) -> str:
    """Why nobody can be answered from here; empty if they can."""
    if ticket.state is TicketState.CLOSED:
        return "closed"
    return "" if own or otherwise else "no_mailbox"


def _stamp(ticket: Ticket, to: str, copies: str, why_not: str) -> str:
    """Tells two composers apart that would answer differently."""
    said = f"{ticket.id}|{to}|{copies}|{why_not}|{ticket.customer_id}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
