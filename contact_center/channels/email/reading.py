"""One mail read from its bytes: the conductor of all modules here. Pure; never raises on any bytes.

Called by `normalise`, and by `sandbox` in a child process for mails that could exhaust this one.
"""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from contact_center.channels.base import RawMessage
from contact_center.channels.email import (
    authentication,
    automatic,
    content,
    correspondents,
    html,
    language,
    markup,
    mime,
    quoting,
    threads,
)
from contact_center.channels.email.automatic import Verdict
from contact_center.channels.email.content import Content, Passage
from contact_center.channels.email.correspondents import Correspondents
from contact_center.channels.email.headers import Headers, one_line
from contact_center.text.addresses import Address, Scheme
from contact_center.text.remarks import remark
from contact_center.tickets.inbound import Automatic, InboundMessage, Kind

_LONGEST_SUBJECT = 500
_GAPS = re.compile(r"\n{4,}")


@dataclass(slots=True)
class Words:
    """The text of a mail in its three forms."""

    visible: list[str] = field(default_factory=list)
    full: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(raw: RawMessage, *, default_language: str | None) -> InboundMessage:
    """The message in *raw*, whatever its bytes are."""
    mail = mime.parse(raw.payload)
    headers = mail.headers
    subject = one_line(headers.text("subject"), _LONGEST_SUBJECT)
    people = correspondents.of(headers)
    envelope_to: list[str] = raw.facts.get("envelope_to") or []
    verdict = automatic.classify(
        mail, subject=subject, sender=people.sender, envelope_from=raw.facts.get("envelope_from")
    )
    parts = content.of(mail)
    keys = threads.keys(headers, subject, envelope_to)
    words = _words(parts, _may_fold(verdict.automatic, subject), threads.is_reply(headers, subject) or _has_token(keys))
    visible = _joined(words.visible)
    return InboundMessage(
        channel=raw.channel,
        kind=Kind.MAIL,
        external_id=threads.external_id(headers, raw.payload),
        content_hash=parts.digest.digest(),
        sender=Address(Scheme.EMAIL, people.sender) if people.sender else None,
        sender_name=people.sender_name,
        subject=subject,
        text=visible,
        received_at=raw.received_at,
        full_text=_joined(words.full),
        html="\n".join(words.html),
        recipients=people.recipients,
        copies=people.copies,
        authenticated=authentication.verdict(headers, people.sender, raw.facts.get("authserv_id")),
        automatic=verdict.automatic,
        may_acknowledge=verdict.may_acknowledge,
        about=verdict.about,
        failed_address=verdict.failed_address,
        thread_keys=keys,
        language=language.guess(visible, headers) or default_language,
        attachments=tuple(parts.files),
        fields=_fields(verdict, people),
        notes=tuple(_header_notes(headers) + parts.notes + people.notes + words.notes),
    )


def _fields(verdict: Verdict, people: Correspondents) -> Mapping[str, str]:
    answers = {"reply_to": people.reply_to} if people.reply_to else {}
    return MappingProxyType({**verdict.fields, **answers})


def _header_notes(headers: Headers) -> list[str]:
    guess = headers.guessed("subject")
    return [content.subject_note(guess)] if guess else []


def _has_token(keys: Iterable[str]) -> bool:
    return any(key.startswith("token:") for key in keys)


def _may_fold(kind: Automatic, subject: str) -> bool:
    """Reports and forwarded mails are read whole."""
    return kind is not Automatic.BOUNCE and not threads.is_forward(subject)


def _words(parts: Content, may_fold: bool, is_reply: bool) -> Words:
    words = Words()
    has_html = any(passage.html for passage in parts.passages)
    for passage in parts.passages:
        _add(words, passage, may_fold and not passage.is_forwarded, is_reply, has_html)
    return words


def _add(words: Words, passage: Passage, may_fold: bool, is_reply: bool, has_html: bool) -> None:
    plain = passage.plain if passage.plain and passage.plain.strip() else None
    if plain is not None:
        words.visible.append(quoting.visible(plain, is_reply=is_reply) if may_fold else plain.strip())
        words.full.append(plain.strip())
    if passage.html:
        _add_html(words, passage.html, may_fold, is_reply, needs_text=plain is None)
    elif plain is not None and has_html:
        words.html.append(f'<div style="white-space:pre-wrap">{escaping.escape(plain.strip())}</div>')


def _add_html(words: Words, source: str, may_fold: bool, is_reply: bool, *, needs_text: bool) -> None:
    clean = html.sanitised(source)
    if clean is None:
        words.notes.append(remark("The HTML of this mail is too complex to be shown; its text is."))
        clean = f"<p>{escaping.escape(escaping.unescape(html.stripped(source)))}</p>"
    if not needs_text and not (may_fold and markup.may_fold(clean, is_reply=is_reply)):
        words.html.append(clean)
        return
    lines = markup.lines_of(clean)
    marks = markup.marked(lines, is_reply=is_reply) if may_fold else bytearray(len(lines.texts))
    words.html.append(markup.folded(lines, marks))
    if needs_text:
        shown = (text for text, kind in zip(lines.texts, marks, strict=True) if kind == quoting.WORDS)
        words.visible.append("\n".join(shown).strip())
        words.full.append("\n".join(lines.texts).strip())


def _joined(texts: Iterable[str]) -> str:
    joined = "\n\n".join(text for text in texts if text)
    return _GAPS.sub("\n\n\n", joined) if "\n\n\n\n" in joined else joined
