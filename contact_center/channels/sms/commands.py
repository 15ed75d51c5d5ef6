"""Texts that are no conversation: STOP, START, HELP, an order, a request, an article, a number for a question.

`rules` asks first of all. What is answered leaves by the outbox; a STOP is answered by nobody, the carrier does that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from contact_center.channels.sms.adapter import ASKED, TRANSPORT
from contact_center.channels.sms.provider import Transport
from contact_center.channels.sms.registry import PROVIDER
from contact_center.customers import text_stops
from contact_center.errors import ContactCenterError
from contact_center.mailboxes import places, texting
from contact_center.mailboxes.texting import Word, folded
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.satisfaction import scales, surveys
from contact_center.selfservice import by_text
from contact_center.text.languages import locale_of
from contact_center.text.remarks import remark
from contact_center.tickets.inbound import InboundMessage

_LONGEST_SCORE = 2
_BETWEEN = " \t\n:：#＃-"


def act(message: InboundMessage) -> str | None:
    """Do what a text asks for; returns what it was, or None where a person has to read it."""
    if message.sender is None or message.fields.get("files"):
        return None
    sender = message.sender.value
    word = _word(message)
    if word is Word.STOP:
        text_stops.stop(sender, _evidence(message))
        return "no more texts"
    if word is Word.START and text_stops.start(sender, _evidence(message)):
        return "texts again"
    if word is Word.HELP:
        return "help" if message.fields.get(ASKED) or _is_helped(message) or _answer(message, _help) else None
    if (number := order_number(message.text)) is not None:
        return "order" if _answer(message, lambda: by_text.order(number, sender)) else None
    if word is Word.STATUS:
        return "status" if _answer(message, lambda: by_text.status(sender)) else None
    if (question := question_behind(message.text)) is not None:
        return "article" if _answer(message, lambda: by_text.article(question, sender)) else None
    return "survey" if _rate(message.text, sender) else None


def is_stop(message: InboundMessage) -> bool:
    """Whether somebody wants no more texts."""
    return message.channel == "sms" and _word(message) is Word.STOP


def _word(message: InboundMessage) -> Word | None:
    """The command that a text is: as the carrier understood it, else by our words."""
    asked = message.fields.get(ASKED)
    return Word(asked) if asked else texting.known().words.get(folded(message.text))


def order_number(text: str) -> str | None:
    """The number in ORDER 10023, 订单10023 and the like; empty for the bare word, None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for word, asks in texting.known().words.items():
        if asks is not Word.ORDER or not folded(plain).startswith(word):
            continue
        rest = plain[len(word) :]
        number = rest.strip(_BETWEEN)
        is_apart = not rest or rest[0] in _BETWEEN or not word.isascii() or rest[0].isdigit()
        if is_apart and (not number or (any(c.isdigit() for c in number) and not any(c.isspace() for c in number))):
            return number
    return None


def question_behind(text: str) -> str | None:
    """The words behind INFO and the like; empty for the bare word, None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for word in texting.known().info:
        if folded(plain) == word:
            return ""
        if not plain.casefold().startswith(word):
            continue
        rest = plain[len(word) :]
        if rest[:1] in _BETWEEN or not word.isascii():
            return rest.strip(_BETWEEN)
    return None


def _is_helped(message: InboundMessage) -> bool:
    """By the carrier: a second answer would only puzzle."""
    transport = Transport(message.fields.get(TRANSPORT) or Transport.SMS)
    return PROVIDER.answers_help(message.text, transport)


def _evidence(message: InboundMessage) -> str:
    """Their own words, and by which text: whoever doubts it finds the raw record by its reference."""
    return remark("Said by text: “%(words)s” (%(ref)s).", words=message.text[:100], ref=message.external_id[:64])


def _help() -> str:
    return str(
        _(
            "You can write to us here and a person answers. ORDER and its number tells where your order is, STATUS how "
            "far your request is. STOP ends all texts."
        )
    )


def _answer(message: InboundMessage, words: Callable[[], str | None]) -> bool:
    """Queue an answer in the sender's language; False if there is none or it may not leave: a person should read it."""
    assert message.sender is not None
    own = places.number_with(message.recipients[0]) if message.recipients else None
    own = own or places.texting_number(None)
    if own is None:
        return False
    language = locale_of(message.language, own.language)
    with force_locale(language):
        said = words()
    if said is None:
        return False
    letter = Letter(
        Purpose.ANSWER, message.sender.value, "", said, channel="sms", place_id=own.id,
        domain=_domain(),
        payload={"automatic": True, "language": language, "transport": message.fields.get(TRANSPORT, "")},
    )  # fmt: skip
    return post.queue(letter) is not None


def _rate(text: str, sender: str) -> bool:
    """A lone number after we asked how satisfied they are."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if len(typed) > _LONGEST_SCORE or not typed.isdecimal():
        return False
    survey = surveys.asked_by_text(sender)
    score = scales.read(survey.scale, typed) if survey is not None else None
    if survey is None or score is None:
        return False
    try:
        surveys.answer(survey, score, survey.comment)
    except ContactCenterError:  # it was closed this very moment
        return False
    return True


def _domain() -> str:
    return urlsplit(current_app.config["CC"].public_url).hostname or "localhost"
