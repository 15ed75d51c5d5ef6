"""The question as it leaves: a mail with a link per answer (following one never votes), or a text that asks a number.

`surveys`, `calls` and `again` decide whom to ask; the words are those of `questions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.places import OwnMailbox
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.satisfaction import questions, scales
from contact_center.satisfaction.models import AskedBy, Scale
from contact_center.text.addresses import Scheme
from contact_center.tickets import addressing, mails, texts
from contact_center.tickets.models import Participant, Ticket

_STAR = "font-size:32px;line-height:44px;text-decoration:none;color:#2f5bea;padding:0 7px"
_NUMBER = (
    "display:inline-block;min-width:22px;padding:8px 5px;margin:0 2px 6px 0;border:1px solid #c9d0da;border-radius:6px;"
    "text-align:center;font-size:16px;font-weight:600;text-decoration:none;color:#2f5bea"
)
_QUIET = "font-size:13px;color:#5b6470"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about the ticket *ref*. `token` opens the page; a text needs none. `is_again`: after a recovery."""

    ref: str
    scale: Scale
    language: str
    token: str = ""
    is_again: bool = False


def recipient(ticket: Ticket) -> str | None:
    """Who is asked: whoever wrote to us last, else the first who takes part; None without an e-mail address."""
    last = addressing.last_inbound(ticket)
    if last is not None and last.sender and "@" in last.sender:
        return last.sender
    taking_part = select(Participant.value).where(
        Participant.ticket_id == ticket.id, Participant.scheme == Scheme.EMAIL
    )
    return db.session.scalar(taking_part.order_by(Participant.value).limit(1))


def number(ticket: Ticket) -> str | None:
    """The number that is asked by text: of whoever came to us last, if it was by a text or a call."""
    last = addressing.last_inbound(ticket)
    if last is None or last.channel not in ("sms", "phone"):
        return None
    return last.sender if last.channel == "sms" or texts.own_number(ticket) is not None else None


def send(ticket: Ticket, question: Question, to: str) -> bool:
    """Queue the question, as a text to a number and as a mail to an address; False if it may not leave."""
    if to.startswith("+"):
        return _send_text(ticket, question, to)
    try:
        mailbox = mails.mailbox_of(ticket)
    except Invalid:  # no mailbox at all: nothing to write from
        return False
    return post.queue(_letter(ticket, question, to, mailbox)) is not None


def link_of(token: str, score: int | None = None) -> str:
    """The page's address, with an answer chosen."""
    link = f"{current_app.config['CC'].public_url}/s/{token}"
    return link if score is None else f"{link}?score={score}"


def subject_of(question: Question) -> str:
    """What the mail is about, in the language of the moment."""
    ref = question.ref
    return {
        Scale.CSAT: _("How satisfied are you with our help? [%(ref)s]", ref=ref),
        Scale.NPS: _("Would you recommend us? [%(ref)s]", ref=ref),
        Scale.CES: _("How easy was it to get help? [%(ref)s]", ref=ref),
    }[question.scale]


def text_of(question: Question, words: str, brand: str) -> str:
    """The mail in plain text: a line for every answer, the best one first."""
    answers = "\n".join(
        _("%(what)s: %(words)s", what=_figure(question.scale, n), words=link_of(question.token, n))
        for n in reversed(scales.RANGES[question.scale])
    )
    return str(
        _(
            "%(intro)s %(question)s\n\n%(answers)s\n\nThe link opens a page with your answer; nothing is saved until "
            "you press Send there.\n\nIs it not solved? Simply reply to this e-mail.\n\n%(brand)s",
            intro=_intro(question), question=words, answers=answers, brand=brand,
        )
    )  # fmt: skip


def html_of(question: Question, words: str, brand: str) -> str:
    """The mail as people see it: stars, or numbers, in a row."""
    least, most = scales.ends(question.scale)
    ends = f"{least}: {scales.words_of(question.scale, least)} · {most}: {scales.words_of(question.scale, most)}"
    saved = _("A click opens a page with your answer chosen; nothing is saved until you press Send there.")
    not_solved = _("Is it not solved? Simply reply to this e-mail.")
    return (
        '<div style="font-family:sans-serif;font-size:15px;line-height:1.5;color:#16191d;max-width:520px">'
        f"<p>{escape(_intro(question))}</p>"
        f'<p style="font-size:19px;font-weight:600;margin:18px 0 6px">{escape(words)}</p>'
        f'<p style="margin:0">{_links(question)}</p>'
        f'<p style="margin:0 7px 18px;{_QUIET}">{escape(ends)}</p>'
        f'<p style="{_QUIET}">{escape(saved)}<br>{escape(not_solved)}</p>'
        f"<p>{escape(brand)}</p></div>"
    )


def _letter(ticket: Ticket, question: Question, to: str, mailbox: OwnMailbox) -> Letter:
    language = question.language
    with force_locale(language):
        brand = mailbox.from_name or current_app.config["CC"].brand
        words = questions.said(question.scale, AskedBy.EMAIL, language, question.ref)
        subject, text, html = subject_of(question), text_of(question, words, brand), html_of(question, words, brand)
    return Letter(
        purpose=Purpose.SURVEY, recipient=to, subject=subject, text=text, html=html, domain=mailbox.domain,
        place_id=mailbox.id, customer_id=ticket.customer_id, ticket_id=ticket.id,
        payload={"reply_to": mailbox.reply_address(ticket.token), "automatic": True, "language": language},
    )  # fmt: skip


def _send_text(ticket: Ticket, question: Question, to: str) -> bool:
    language = question.language
    text = questions.said(question.scale, AskedBy.TEXT, language, question.ref)
    letter = texts.letter(ticket, to, text, Purpose.SURVEY, language=language)
    return letter is not None and post.queue(letter) is not None


def _intro(question: Question) -> str:
    if question.is_again:
        return _("We have been in touch with you about your request %(ref)s.", ref=question.ref)
    return _("We have marked your request %(ref)s as solved.", ref=question.ref)


def _links(question: Question) -> str:
    style, made = (_STAR if question.scale is Scale.CSAT else _NUMBER), []
    for n in scales.RANGES[question.scale]:
        words, shown = scales.words_of(question.scale, n), "★" if question.scale is Scale.CSAT else str(n)
        title = f' title="{escape(words)}"' if words else ""
        made.append(f'<a href="{escape(link_of(question.token, n))}"{title} style="{style}">{shown}</a>')
    return "".join(made)


def _figure(scale: Scale, score: int) -> str:
    words = scales.words_of(scale, score)
    shown = f"{'★' * score}{'☆' * (5 - score)}" if scale is Scale.CSAT else f"{score:>2}"
    return f"{shown}  {words}" if words else shown
