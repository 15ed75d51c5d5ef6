"""What a mail consists of for its reader: the words, in order, and the files beside them. No part is lost.

Called by `reading` with the tree of `mime`. Decides which parts are words and which files; knows nothing of quoting.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from contact_center.channels.email import charsets, filenames, flowed, mime, pictures
from contact_center.channels.email.headers import one_line
from contact_center.channels.email.mime import Part
from contact_center.text.remarks import remark
from contact_center.tickets.inbound import InboundFile

MOST_FILES = 200
LONGEST_TEXT = 1_000_000
_NESTED_SHOWN = 10
_NESTED_DEEPEST = 3
_NESTED_LARGEST = 1_000_000

_WORDS = ("text/plain", "text/html")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """Words from one place of the mail, plain or HTML or both as alternatives of each other."""

    plain: str | None = None
    html: str | None = None
    is_forwarded: bool = False


@dataclass(slots=True)
class Content:
    passages: list[Passage] = field(default_factory=list)
    files: list[InboundFile] = field(default_factory=list)
    pictures: dict[str, InboundFile] = field(default_factory=dict)  # from inside the HTML, by content id
    notes: list[str] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)


def of(mail: Part) -> Content:
    """Everything in *mail*, each part exactly once as words or as a file; very long words as both."""
    return _Collector().everything(mail)


class _Collector:
    def __init__(self, nested: int = 0) -> None:
        self.content = Content()
        self._nested = nested
        self._nested_shown = 0
        self._files: list[tuple[Part, str, bytes]] = []

    def everything(self, mail: Part) -> Content:
        self._take(mail)
        if not self.content.passages:
            self._show_named_text()
        if any(part.is_cut_off for part in mail.walk()):
            self.content.notes.append(remark("The mail is cut off: its closing boundary is missing."))
        self._finish_files(mail)
        return self.content

    def _take(self, part: Part) -> None:
        if part.children:
            self._multipart(part)
        elif part.is_mail:
            self._mail(part)
        elif part.kind in _WORDS and part.disposition != "attachment" and not part.name:
            self._words(part)
        elif part.kind.startswith("multipart/") and not part.raw.lstrip().startswith(b"--"):
            self._words(part)  # a multipart without parts is text
        else:
            self._file(part)

    def _multipart(self, part: Part) -> None:
        if part.kind == "multipart/alternative":
            self._alternative(part)
        elif part.kind == "multipart/report":
            self._report(part)
        else:
            if part.kind == "multipart/encrypted":
                self.content.notes.append(remark("The mail is encrypted; its text is in the attachment."))
            for child in part.children:
                self._take(child)

    def _alternative(self, part: Part) -> None:
        """The same words several times: one passage. What is neither plain nor HTML (a calendar) is kept as a file."""
        passages, self.content.passages = self.content.passages, []
        for child in part.children:
            if child.kind in _WORDS and child.disposition != "attachment":
                self._words(child)
            else:
                self._take(child)
        mine, self.content.passages = self.content.passages, passages
        plain = [passage.plain for passage in mine if passage.plain is not None]
        html = [passage.html for passage in mine if passage.html is not None]
        if mine:
            passages.append(Passage("\n".join(plain) if plain else None, "\n".join(html) if html else None))

    def _report(self, part: Part) -> None:
        """The notice is for people; the status and the returned mail are for machines and for the curious."""
        self._take(part.children[0])
        for child in part.children[1:]:
            self._file(child)

    def _words(self, part: Part) -> None:
        data = part.body
        label = part.parameters.get("charset")
        is_html = part.kind == "text/html"
        if is_html and not label and (meta := _META_CHARSET.search(data[:4096])):
            label = meta[1].decode("ascii")
        text, guess = charsets.decode(data, label)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._hash(part.kind, text.encode())
        if guess:
            self.content.notes.append(text_note(label, guess))
        if part.parameters.get("format", "").lower() == "flowed":
            text = flowed.unwrapped(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
        if is_html:
            text = pictures.taken_out(text, self.content.pictures)
        if len(text) > LONGEST_TEXT:
            self.content.notes.append(remark("The text is very long: its beginning is shown, all of it is attached."))
            self._files.append((part, f"whole-text.{'html' if is_html else 'txt'}", data))
            text = text[:LONGEST_TEXT]
        self.content.passages.append(Passage(html=text) if is_html else Passage(plain=text))

    def _file(self, part: Part) -> None:
        data = part.body
        self._hash(part.kind, data)
        if part.kind.endswith("ms-tnef"):
            self.content.notes.append(remark("Outlook packed attachments into winmail.dat."))
        self._files.append((part, filenames.safe(part.name), data))

    def _mail(self, part: Part) -> None:
        """A mail inside the mail: a file, and shown below the words like a forwarded one."""
        data = part.body
        self._hash(part.kind, data)
        is_shown = (
            self._nested < _NESTED_DEEPEST and self._nested_shown < _NESTED_SHOWN and len(data) <= _NESTED_LARGEST
        )
        inner = mime.parse(data) if is_shown else None
        name = filenames.safe(part.name)
        if inner is not None:
            self._nested_shown += 1
            subject = inner.headers.text("subject")[:80]
            name = name or (filenames.safe(f"{subject}.eml") if subject else "")
            self.content.passages.append(Passage(plain=_heading(inner), is_forwarded=True))
            shown = _Collector(self._nested + 1).everything(inner)
            self.content.passages += (replace(passage, is_forwarded=True) for passage in shown.passages)
            self.content.pictures |= shown.pictures
        self._files.append((part, name, data))

    def _hash(self, kind: str, data: bytes) -> None:
        self.content.digest.update(b"%s %d\n" % (kind.encode(), len(data)))
        self.content.digest.update(data)

    def _show_named_text(self) -> None:
        """Some programs give the body itself a file name: better shown twice than not at all."""
        for part, _, data in self._files:
            if part.kind.startswith("text/") and part.disposition != "attachment" and part.kind != "text/calendar":
                text = charsets.decode(data, part.parameters.get("charset"))[0].replace("\r\n", "\n")[:LONGEST_TEXT]
                self.content.passages.append(Passage(html=text) if part.kind == "text/html" else Passage(plain=text))
                return

    def _finish_files(self, mail: Part) -> None:
        if self._nested:
            return
        shown = {unquote(cid).casefold() for p in self.content.passages if p.html for cid in _CID.findall(p.html)}
        distinct = filenames.Distinct()
        for number, (part, name, data) in enumerate(self._files[:MOST_FILES], 1):
            cid = part.content_id if part.kind.startswith("image/") else None
            is_inline = cid is not None and cid.casefold() in shown
            wanted = distinct.name(name or filenames.by_kind(part.kind, number))
            self.content.files.append(InboundFile(wanted, part.kind, data, cid, is_inline))
        for picture in self.content.pictures.values():
            self.content.files.append(replace(picture, name=distinct.name(picture.name)))
        if len(self._files) > MOST_FILES:
            whole = InboundFile(distinct.name("whole-message.eml"), "message/rfc822", mail.data)
            self.content.files.append(whole)
            rest = len(self._files) - MOST_FILES
            self.content.notes.append(
                remark("Parts that are only in the attached whole message: %(number)d.", number=rest)
            )


def text_note(label: str | None, guess: str) -> str:
    """The sentence that tells the agent how the text was read."""
    used = guess.replace("_", "-")
    if label and used == label.lower():
        return remark("Some characters of the text are damaged; the rest was read as %(charset)s.", charset=used)
    if label:
        said = one_line(label, 60)
        return remark("The text claims to be %(label)s, but was read as %(charset)s.", label=said, charset=used)
    return remark("The text names no character set; it was read as %(charset)s.", charset=used)


def subject_note(guess: str) -> str:
    """The same for a subject in bare 8-bit characters."""
    used = guess.replace("_", "-")
    return remark("The subject names no character set; it was read as %(charset)s.", charset=used)


def _heading(mail: Part) -> str:
    lines = ["---------- Forwarded message ----------"]
    for name in ("From", "Date", "Subject", "To"):
        value = one_line(mail.headers.text(name.lower()), 300)
        if value:
            lines.append(f"{name}: {value}")
    return "\n".join(lines)
