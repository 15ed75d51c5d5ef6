"""The mail with the question: five stars, each a link to a page with that star chosen. Following one never votes."""

from __future__ import annotations

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
from contact_center.text.addresses import Scheme
from contact_center.tickets import addressing, mails, texts
from contact_center.tickets.models import Participant, Ticket

_STAR = "font-size:32px;line-height:44px;text-decoration:none;color:#2f5bea;padding:0 7px"


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


def send(ticket: Ticket, to: str, token: str, language: str) -> bool:
    """Queue the question, as a text to a number and as a mail to an address; False if it may not leave."""
    if to.startswith("+"):
        return _send_text(ticket, to, language)
    try:
        mailbox = mails.mailbox_of(ticket)
    except Invalid:  # no mailbox at all: nothing to write from
        return False
    return post.queue(_letter(ticket, to, token, language, mailbox)) is not None


def link_of(token: str, score: int | None = None) -> str:
    """The page's address, with a star chosen."""
    link = f"{current_app.config['CC'].public_url}/s/{token}"
    return f"{link}?score={score}" if score else link


def words_of(score: int) -> str:
    """What a number of stars says."""
    return {
        1: _("Very dissatisfied"), 2: _("Dissatisfied"), 3: _("Neither nor"), 4: _("Satisfied"), 5: _("Very satisfied"),
    }[score]  # fmt: skip


def _letter(ticket: Ticket, to: str, token: str, language: str, mailbox: OwnMailbox) -> Letter:
    with force_locale(language):
        brand = mailbox.from_name or current_app.config["CC"].brand
        subject = _("How satisfied are you with our help? [%(ref)s]", ref=ticket.ref)
        text, html = _text(ticket, token, brand), _html(ticket, token, brand)
    return Letter(
        purpose=Purpose.SURVEY, recipient=to, subject=subject, text=text, html=html, domain=mailbox.domain,
        place_id=mailbox.id, customer_id=ticket.customer_id, ticket_id=ticket.id,
        payload={"reply_to": mailbox.reply_address(ticket.token), "automatic": True, "language": language},
    )  # fmt: skip


def _send_text(ticket: Ticket, to: str, language: str) -> bool:
    with force_locale(language):
        text = _(
            "%(brand)s: How satisfied are you with our help (%(ref)s)? Answer with one digit, from 1 (very "
            "dissatisfied) to 5 (very satisfied). STOP ends all texts.",
            brand=current_app.config["CC"].brand, ref=ticket.ref,
        )  # fmt: skip
    letter = texts.letter(ticket, to, str(text), Purpose.SURVEY, language=language)
    return letter is not None and post.queue(letter) is not None


def _text(ticket: Ticket, token: str, brand: str) -> str:
    stars = "\n".join(f"{'★' * n}{'☆' * (5 - n)}  {words_of(n)}: {link_of(token, n)}" for n in range(5, 0, -1))
    return str(
        _(
            "We have marked your request %(ref)s as solved. How satisfied are you with the help you got?\n\n"
            "%(stars)s\n\nThe link opens a page with your stars; nothing is saved until you press Send there.\n\n"
            "Is it not solved? Simply reply to this e-mail.\n\n%(brand)s",
            ref=ticket.ref,
            stars=stars,
            brand=brand,
        )
    )


def _html(ticket: Ticket, token: str, brand: str) -> str:
    stars = "".join(
        f'<a href="{escape(link_of(token, n))}" title="{escape(words_of(n))}" style="{_STAR}">★</a>'
        for n in range(1, 6)
    )
    solved = _("We have marked your request %(ref)s as solved.", ref=ticket.ref)
    question = _("How satisfied are you with the help you got?")
    saved = _("A star opens a page with it chosen; nothing is saved until you press Send there.")
    not_solved = _("Is it not solved? Simply reply to this e-mail.")
    return (
        '<div style="font-family:sans-serif;font-size:15px;line-height:1.5;color:#16191d;max-width:520px">'
        f"<p>{escape(solved)}</p>"
        f'<p style="font-size:19px;font-weight:600;margin:18px 0 6px">{escape(question)}</p>'
        f'<p style="margin:0">{stars}</p>'
        f'<p style="margin:0 7px 18px;font-size:13px;color:#5b6470">1: {escape(words_of(1))} · 5: {escape(words_of(5))}'
        "</p>"
        f'<p style="font-size:13px;color:#5b6470">{escape(saved)}<br>{escape(not_solved)}</p>'
        f"<p>{escape(brand)}</p></div>"
    )
