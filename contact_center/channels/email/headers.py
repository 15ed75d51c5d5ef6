"""One part's headers: found in the bytes, unfolded, decoded. Written here because the standard library's structured
reader raises on real-world rubbish and costs four fifths of a mail.

Called by everything that reads a mail. Never raises; what it returns as text is one line without controls.
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from contact_center.channels.email import base64, charsets

_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_HEAD = re.compile(rb"(?:(?:[!-9;-~]+[ \t]*:|[ \t]|>?From ).*\n)*")
# A line without a colon inside the block is damage if one of these follows, and the beginning of the text if not.
_EXPECTED = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|reply-to|in-reply-to|references"
    rb"|x-[a-z-]+)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,5000}(?:\?(?!=)[^?]{0,200}){0,20})(?:\?=|$)")
_PARAMETER = re.compile(r"[;\s]\s*([^\s=;\"]+)\s*=\s*(\"(?:[^\"\\]|\\.?)*+\"?|[^;]*)", re.ASCII)
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff]")
_PERCENT = re.compile(rb"(?:%[89A-Fa-f][0-9A-Fa-f]){2}")
_USUAL_HEAD = 16_384
_LONGEST = 20_000  # no reader wants more of one header; addresses are read elsewhere, whole


class Headers:
    """The headers of one part, by lower-case name. *hint* is the charset to try on raw eight-bit values."""

    __slots__ = ("_values", "hint", "lines")

    def __init__(self, block: bytes) -> None:
        self.hint: str | None = None
        self.lines = 0  # how many lines of the block are headers
        self._values: dict[bytes, list[bytes]] = {}
        for name, value in _FIELD.findall(block):
            self._values.setdefault(name.lower(), []).append(value)
            self.lines += value.count(b"\n") + 1

    def __contains__(self, name: str) -> bool:
        return name.encode() in self._values

    def raw(self, name: str) -> bytes:
        """The first value of that name, unfolded, undecoded; empty if there is none."""
        values = self._values.get(name.encode())
        return b" ".join(values[0].split()) if values else b""

    def raws(self, name: str) -> list[bytes]:
        """All values of that name, in order."""
        return [b" ".join(value.split()) for value in self._values.get(name.encode(), ())]

    def text(self, name: str) -> str:
        """The first value as a person reads it."""
        values = self._values.get(name.encode())
        return decoded(b" ".join(values[0][:_LONGEST].split()), self.hint) if values else ""

    def guessed(self, name: str) -> str | None:
        """The charset that raw eight-bit bytes of the first value were taken for, if nothing said so."""
        raw = self.raw(name)[:_LONGEST]
        guess = None if raw.isascii() else charsets.decode(raw, self.hint)[1]
        return None if guess == "utf-8" else guess

    def word(self, name: str) -> str:
        """The first token of a machine's header, lower-case: `auto-replied` of "Auto-Replied; x=y"."""
        return self.text(name).partition(";")[0].partition("(")[0].strip().lower()

    def structured(self, name: str) -> tuple[str, dict[str, str]]:
        """A value with parameters, as in Content-Type and Content-Disposition."""
        return parameters(self.raw(name)[:_LONGEST], self.hint)


def read(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers that begin at *start*, and where the body begins."""
    if data.startswith((b"\n", b"\r\n"), start):
        return Headers(b""), data.index(b"\n", start) + 1
    blank = _blank_line(data, start, min(end, start + _USUAL_HEAD))
    if blank < 0:
        blank = _blank_line(data, start, end)
    block = data[start : blank + 1 if blank >= 0 else end]
    body = data.index(b"\n", blank + 1) + 1 if blank >= 0 else end
    headers = Headers(block)
    if headers.lines == block.count(b"\n"):
        return headers, body
    return _damaged(block, start, body, headers)


def _damaged(block: bytes, start: int, body: int, headers: Headers) -> tuple[Headers, int]:
    """Lines that are no headers stand in the block: skipped if headers follow, the beginning of the text if not."""
    matched = _HEAD.match(block if block.endswith(b"\n") else block + b"\n")
    good = matched.end() if matched else 0
    if good >= len(block) or _EXPECTED.search(block, good):
        return headers, body
    return Headers(block[:good]), start + good


def _blank_line(data: bytes, start: int, end: int) -> int:
    """Where the line break before the first blank line is, or -1."""
    unix = data.find(b"\n\n", start, end)
    dos = data.find(b"\n\r\n", start, end if unix < 0 else unix)
    return dos if dos >= 0 else unix


def one_line(text: str, longest: int) -> str:
    """Fit for a line on a screen or another header: no control, no direction override, no run of spaces."""
    if not text.isprintable():
        text = _INVISIBLE.sub(" ", text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def decoded(value: bytes, hint: str | None = None) -> str:
    """RFC 2047 words and raw eight-bit text as text. Neighbouring words of one charset are joined as bytes first:
    many programs cut a character in two."""
    if b"=?" not in value:
        return _plain(value, hint)
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        label = match[1].decode("ascii", "replace").partition("*")[0].lower()
        if pending and (between.strip() or label != charset):
            out.append(charsets.decode(pending, charset)[0])
            pending = b""
        if between.strip() or (between and at == 0):
            out.append(_plain(between, hint))
        pending, charset, at = pending + _word(match[2], match[3]), label, match.end()
    out.append(charsets.decode(pending, charset or None)[0])
    out.append(_plain(value[at:], hint))
    return _INVISIBLE.sub(" ", "".join(out)).strip()


def _plain(value: bytes, hint: str | None) -> str:
    text = charsets.decode(value, hint)[0]
    return text if text.isprintable() else _INVISIBLE.sub(" ", text)


def _word(encoding: bytes, payload: bytes) -> bytes:
    if encoding in b"bB":
        return base64.decoded(payload)
    return binascii.a2b_qp(payload, header=True)


def parameters(value: bytes, hint: str | None = None) -> tuple[str, dict[str, str]]:
    """`text/plain` and {"charset": …}; RFC 2231 continuations joined, whatever is broken read as far as it goes."""
    if len(value) < 100 and hint is None:
        main, found = _short(value)
        return main, dict(found)
    return _parameters(b" ".join(value.split()), hint)


@lru_cache(maxsize=512)
def _short(value: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    main, found = _parameters(value, None)
    return main, tuple(found.items())


def _parameters(value: bytes, hint: str | None) -> tuple[str, dict[str, str]]:
    text = value.decode("latin-1")  # bytes in disguise: names and encodings are ASCII, values are decoded below
    main = text.partition(";")[0].partition(" ")[0].strip().strip("\"'").lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for match in _PARAMETER.finditer(text):
        name, raw = match[1].lower(), _unquoted(match[2])
        if "*" in name:
            _keep_piece(pieces, name, raw)
        elif raw:
            plain.setdefault(name, raw)
    found = {name: _value(raw.encode("latin-1"), hint) for name, raw in plain.items()}
    for name, parts in pieces.items():
        joined = _joined(parts, hint)
        if joined and not (name in found and "\ufffd" in joined):
            found[name] = joined
    return charsets.clean(main), found


def _unquoted(raw: str) -> str:
    raw = raw.strip(" \t")
    if not raw.startswith('"'):
        return raw
    raw = raw[1:].removesuffix('"')
    return raw if re.match(r"[A-Za-z]:\\|\\\\", raw) else re.sub(r"\\([\"\\])", r"\1", raw)  # C:\dir is no escape


def _keep_piece(pieces: dict[str, dict[int, tuple[bool, bytes]]], name: str, raw: str) -> None:
    base, *rest = name.split("*")
    number = int(rest[0]) if rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 5 else 0
    pieces.setdefault(base, {}).setdefault(number, (name.endswith("*"), raw.encode("latin-1")))


def _joined(parts: dict[int, tuple[bool, bytes]], hint: str | None) -> str:
    out, charset = b"", ""
    for position, number in enumerate(sorted(parts)):
        encoded, raw = parts[number]
        if encoded and position == 0 and raw.count(b"'") >= 2:
            label, _, raw = raw.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        out += unquote_to_bytes(raw) if encoded else raw
    return charsets.decode(out, charset)[0] if charset else _value(out, hint)


def _value(raw: bytes, hint: str | None) -> str:
    if _PERCENT.search(raw):  # percent-encoded without saying so
        try:
            return charsets.clean(unquote_to_bytes(raw).decode("utf-8"))
        except UnicodeDecodeError:
            pass
    return decoded(raw, hint)
