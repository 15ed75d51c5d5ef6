"""Articles beside a ticket: proposed by its words and product, put into the answer, said to have solved it.

`tickets` registers the blueprint. A solved ticket becomes a draft of an article in one click.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access
from contact_center.desk import asked
from contact_center.desk.tickets import anonymous
from contact_center.entitlements import checks
from contact_center.errors import IllegalMove
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.kb import articles, plain, reading, searching, spaces, suggesting, uses
from contact_center.kb.models import Audience
from contact_center.kb.reading import Reader, Shown
from contact_center.kb.traces import Use, Where
from contact_center.kb.writing import Place, Words
from contact_center.text.languages import locale_of
from contact_center.tickets import addressing
from contact_center.tickets.models import UNSETTLED, Ticket, TicketState

SHOWN, FOUND, ASKED = 4, 6, 3
LONGEST = 200

blueprint = Blueprint("beside", __name__, url_prefix="/<ref>/articles")


@blueprint.get("")
@access.agent
def proposed(ref: str) -> str:
    """The inside of the place: what solved it, and what may."""
    ticket = asked.ticket_or_404(ref)
    solved = [found for each in uses.solved_with(ticket.id) if (found := reading.by_id(_reader(ticket), each))]
    met = {found.article.id for found in solved}
    used = {use.article_id for use in uses.of_ticket(ticket.id)} - met
    hits = suggesting.for_words(_reader(ticket), _words(ticket), _products(ticket), limit=SHOWN + len(met))
    hits = sorted((hit for hit in hits if hit.article_id not in met), key=lambda hit: hit.article_id not in used)
    return render_template(
        "desk/tickets/_beside.html",
        ticket=ticket,
        solved=solved,
        hits=hits[:SHOWN],
        used=used,
        is_settled=ticket.state not in UNSETTLED,
        is_unsaid=_is_unsaid(ticket),
    )


@blueprint.get("/solving")
@access.agent
def solving(ref: str) -> str:
    """The inside of the line that asks whoever has resolved the ticket which article did it."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_solving.html", ticket=ticket, asks=asking(ticket))


@blueprint.get("/find")
@access.agent
def find(ref: str) -> str:
    """Articles for words that the agent types."""
    ticket, words = asked.ticket_or_404(ref), request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    reader, typing = _reader(ticket), f"ticket {ticket.id}"
    found = searching.search(
        reader, words, reader.language, Where.DESK, FOUND, ticket_id=ticket.id, typing=typing
    )  # fmt: skip
    db.session.commit()
    return render_template("desk/tickets/_beside_found.html", ticket=ticket, found=found, words=words)


@blueprint.post("/<int:article_id>/<any(text, link):what>")
@access.agent
def put(ref: str, article_id: int, what: str) -> Any:
    """The words to put into the answer: the article's own, or a link where everybody may read it."""
    ticket = asked.ticket_or_404(ref)
    shown = _shown(ticket, article_id)
    is_public = shown.article.audience is Audience.PUBLIC and shown.article.space.is_active
    if what == "link" and not is_public:
        raise IllegalMove(_("Not everybody may read this article: put its words into the answer instead."))
    used = Use.LINKED if what == "link" else Use.INSERTED
    uses.note(shown.article.id, used, ticket_id=ticket.id, agent_id=access.me().id, customer_id=ticket.customer_id)
    db.session.commit()
    address = f"{current_app.config['CC'].public_url.rstrip('/')}{shown.path}"
    return jsonify({"text": address if what == "link" else plain.text(shown.text.html) or shown.text.title})


@blueprint.post("/<int:article_id>/<any(solved, unsolved):how>")
@access.agent
def solved(ref: str, article_id: int, how: str) -> Any:
    """Say that this article solved the ticket, or that it was another one, or none."""
    ticket = asked.ticket_or_404(ref)
    shown = _shown(ticket, article_id)
    if how == "solved":
        me = access.me().id
        uses.note(shown.article.id, Use.SOLVED_WITH, ticket_id=ticket.id, agent_id=me, customer_id=ticket.customer_id)
    else:
        uses.not_solved_with(shown.article.id, ticket.id)
    db.session.commit()
    if how == "unsolved":
        return asked.done(otherwise=asked.page_of(ticket))
    undo = url_for(".solved", ref=ticket.ref, article_id=article_id, how="unsolved")
    said = _("Solved with “%(title)s”", title=shown.text.title)
    return asked.done(said, undo=undo, otherwise=asked.page_of(ticket))


@blueprint.post("/<any(none, unsaid):how>")
@access.agent
def none(ref: str, how: str) -> Any:
    """Say that no article solved the ticket, or take that back."""
    ticket = asked.ticket_or_404(ref)
    if how == "unsaid":
        uses.not_said(ticket.id)
        db.session.commit()
        return asked.done(otherwise=asked.page_of(ticket))
    uses.none_solved(ticket.id, access.me().id)
    db.session.commit()
    undo = url_for(".none", ref=ticket.ref, how="unsaid")
    return asked.done(_("Solved without an article"), undo=undo, otherwise=asked.page_of(ticket))


@blueprint.post("/draft")
@access.agent
def draft(ref: str) -> Any:
    """Begin an article with the subject and our answers; what would tell who asked is left out."""
    ticket = asked.ticket_or_404(ref)
    space = next(iter(spaces.everything()), None)
    if space is None:
        raise IllegalMove(_("There is no space for articles yet: an administrator adds one under Settings, Knowledge."))
    language = _reader(ticket).language
    words = Words(language, anonymous.subject(ticket), "", anonymous.answers(ticket))
    products = _products(ticket)
    place = Place(space, audience=Audience.AGENTS, product_ids=products)
    article = articles.new(access.me(), place, words, ticket_id=ticket.id)
    db.session.commit()
    edit = url_for("knowledge.editing.form", article_id=article.id, language=language)
    return asked.done(_("A draft for agents: look for names that are left, and edit it"), url=edit)


def asking(ticket: Ticket) -> list[Shown]:
    """The articles the line asks about, those that went into answers first; none if nobody is asked.

    Asked is who has resolved it, and nobody who opens it later: they would have to guess.
    """
    if ticket.state is not TicketState.RESOLVED or not (_is_unsaid(ticket) and _resolved_by_me(ticket)):
        return []
    hits = suggesting.for_words(_reader(ticket), _words(ticket), _products(ticket), limit=ASKED)
    ids = dict.fromkeys([*uses.put_into_answers(ticket.id), *(hit.article_id for hit in hits)])
    found = (reading.by_id(_reader(ticket), each) for each in ids)
    return list(islice(filter(None, found), ASKED))


def _is_unsaid(ticket: Ticket) -> bool:
    return not uses.is_said(ticket.id, ticket.resolved_at)


def _resolved_by_me(ticket: Ticket) -> bool:
    resolved = select(Event.agent_id).where(Event.ticket_id == ticket.id, Event.name == Name.TICKET_RESOLVED)
    return db.session.scalar(resolved.order_by(Event.id.desc()).limit(1)) == access.me().id


def _reader(ticket: Ticket) -> Reader:
    """The agent, reading in the customer's language."""
    return Reader(agent_id=access.me().id, language=locale_of(ticket.language))


def _shown(ticket: Ticket, article_id: int) -> Shown:
    return reading.by_id(_reader(ticket), article_id) or abort(404)


def _words(ticket: Ticket) -> str:
    """What it is about: the subject, and what they wrote last."""
    last = addressing.last_inbound(ticket)
    return f"{ticket.subject}\n{last.text if last else ''}"


def _products(ticket: Ticket) -> list[int]:
    """The product of the thing that the ticket is about."""
    found = checks.of(ticket.id) if ticket.customer_id else None
    return [found.asset.product_id] if found and found.asset and found.asset.product_id else []
