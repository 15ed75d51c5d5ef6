"""Who wrote and to whom: addresses out of headers that follow no grammar, in normal form, names fit for a line.

Called by `reading` and the bounce reader. Linear: a mail to 10,000 people costs milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contact_center.channels.email import charsets
from contact_center.channels.email.headers import Headers, decoded, one_line
from contact_center.text.addresses import email_normal
from contact_center.text.remarks import remark

MOST_KEPT = 50
_LONGEST_LISTING = 20_000

# An unclosed quotation mark takes the rest as one token: trying each one again would be quadratic.
_TOKEN = re.compile(rb"\"(?:[^\"\\]|\\.?)*+\"?|<[^<>]*>?|\((?:[^()\\]|\\.?)*+\)?|[,;:]|[^\",;:<(]+", re.DOTALL)
_BARE = re.compile(rb"[^\s@<>()\",;:]+@[^\s@<>()\",;:]+")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One entry of an address header; the name is undecoded."""

    address: str
    raw_name: bytes = b""


@dataclass(slots=True)
class Correspondents:
    sender: str | None = None
    sender_name: str = ""
    reply_to: str | None = None
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def of(headers: Headers) -> Correspondents:
    """The people of one mail."""
    found = Correspondents()
    writer = _writer(headers)
    if writer is not None:
        found.sender = writer.address
        found.sender_name = name_of(writer, headers.hint)
    answers = next(mentioned(headers, "reply-to"), None)
    if answers is not None and answers.address != found.sender:
        found.reply_to = answers.address
    found.recipients = _kept(headers, "to", found.notes)
    found.copies = _kept(headers, "cc", found.notes)
    return found


def mentioned(headers: Headers, name: str) -> Iterator[Mentioned]:
    """Every usable address of the header *name*, in order."""
    for raw in headers.raws(name):
        has_any = False
        for entry in _entries(raw):
            has_any = True
            yield entry
        if not has_any and b"=?" in raw:  # name and address encoded together: against the standard, but seen
            yield from _entries(decoded(raw[:5_000], headers.hint).encode())


def name_of(entry: Mentioned, hint: str | None = None) -> str:
    """The display name as a person reads it; empty if it only repeats the address."""
    raw = entry.raw_name[:2_000].strip()
    if raw[:1] in (b'"', b"("):
        raw = re.sub(rb"\\(.)", rb"\1", raw.strip(b'"() '))
    name = one_line(decoded(raw, hint).strip(" \"'“”‘’,;"), 120)
    return "" if name.casefold() == entry.address else name


def _writer(headers: Headers) -> Mentioned | None:
    """From says who wrote. Sender and Reply-To stand in only where From names nobody; Return-Path comes last.

    Reply-To never replaces a usable From: anybody may write anything there, and identity must not follow it.
    """
    for name in ("from", "sender", "reply-to", "return-path"):
        entry = next(mentioned(headers, name), None)
        if entry is not None:
            return entry
    return None


def _entries(raw: bytes) -> Iterator[Mentioned]:
    name: list[bytes] = []
    address = b""
    for token in _TOKEN.findall(raw):
        first = token[:1]
        if first in (b",", b";"):
            entry = _entry(name, address)
            if entry:
                yield entry
            name, address = [], b""
        elif first == b":":
            name = []  # a group's name, or mailto
        elif first == b"<" and b"@" in token:
            address = address or token.strip(b"<> \t").rpartition(b":")[2]
        elif token.strip(b"<> \t"):
            name.append(token)
    entry = _entry(name, address)
    if entry:
        yield entry


def _entry(name: Sequence[bytes], address: bytes) -> Mentioned | None:
    text = b" ".join(part.strip() for part in name).strip()
    if not address:
        bare = _BARE.search(text)
        if bare is None:
            return None
        address, text = bare[0], (text[: bare.start()] + text[bare.end() :]).strip(b' <>"')
    normal = _normal(address)
    return Mentioned(normal, text) if normal else None


def _normal(address: bytes) -> str | None:
    if len(address) > 320:
        return None
    return email_normal(charsets.decode(b"".join(address.split()), "utf-8")[0].strip(".'\""))


def _kept(headers: Headers, name: str, notes: list[str]) -> tuple[str, ...]:
    everybody = list(dict.fromkeys(entry.address for entry in mentioned(headers, name)))
    rest = everybody[MOST_KEPT:]
    if rest:
        listing = ", ".join(rest)
        shown = listing if len(listing) <= _LONGEST_LISTING else listing[:_LONGEST_LISTING].rpartition(", ")[0] + ", …"
        notes.append(
            remark(
                "Further addresses in %(header)s (%(number)d): %(addresses)s",
                header=name.title(), number=len(rest), addresses=shown,
            )
        )  # fmt: skip
    return tuple(everybody[:MOST_KEPT])
