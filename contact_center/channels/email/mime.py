"""A mail as a tree of parts: slices of the received bytes, no copies, so nested mails keep every byte they came with.

Called by `reading`. Splits at boundary lines the way mail programs do, in one pass per level; what is broken becomes
one part more, never an error. It decodes transfer encodings but no text.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from contact_center.channels.email import base64
from contact_center.channels.email.headers import Headers
from contact_center.channels.email.headers import read as headers_read

DEEPEST = 30  # multiparts in multiparts; what lies deeper stays one part
MOST_PARTS = 1_000

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
_BARE_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}
_SNIFFED_BOUNDARY = re.compile(rb"\s*--([^\s]{1,70})[ \t]*\r?\n")
_NESTED_MAIL = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(slots=True)
class Part:
    """One part: its headers and the place of its body in the mail's bytes."""

    headers: Headers
    data: bytes = field(repr=False)
    start: int
    end: int
    kind: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    children: list[Part] = field(default_factory=list)
    is_cut_off: bool = False

    @property
    def raw(self) -> bytes:
        """The body as transferred."""
        return self.data[self.start : self.end]

    @property
    def body(self) -> bytes:
        """The body with its transfer encoding undone."""
        encoding = self.headers.raw("content-transfer-encoding").strip(b"\"';. \t").lower()
        if not encoding or encoding[0] in b"78":
            return self.raw
        if encoding.startswith(b"b") and encoding != b"binary":
            return base64.decoded(self.raw)
        if encoding.startswith(b"quoted"):
            return binascii.a2b_qp(self.raw)
        return base64.uudecoded(self.raw) if b"uue" in encoding or b"uuencode" in encoding else self.raw

    @property
    def content_id(self) -> str | None:
        return self.headers.text("content-id").strip("<> \t\"'") or None

    @property
    def is_mail(self) -> bool:
        return self.kind in _NESTED_MAIL

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in reading order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def parse(data: bytes) -> Part:
    """The whole mail. Leading blank lines, a byte order mark, an mbox line and bare carriage returns are forgiven."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while data[start : start + 1] in (b"\n", b"\r", b" ", b"\t") and start < len(data):
        start += 1
    splitter = _Splitter(data)
    mail = splitter.part(start if start < len(data) else 0, len(data), "text/plain", 0)
    mail.headers.hint = splitter.hint
    return mail


class _Splitter:
    """Counts parts over the whole tree."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MOST_PARTS
        self.hint: str | None = None

    def part(self, start: int, end: int, default_kind: str, depth: int) -> Part:
        """One part whose headers begin at *start*, with everything below it."""
        self._left -= 1
        headers, body = headers_read(self._data, start, end)
        kind, parameters = headers.structured("content-type")
        self.hint = self.hint or parameters.get("charset")
        headers.hint = self.hint
        part = Part(headers, self._data, min(body, end), end, _kind(kind, headers, default_kind), parameters)
        _take_name(part)
        if part.kind.startswith("multipart/") and depth < DEEPEST:
            self._split(part, depth)
        return part

    def _split(self, part: Part, depth: int) -> None:
        if part.headers.word("content-transfer-encoding") in ("base64", "quoted-printable"):
            self._split_encoded(part, depth)
            return
        boundary = _boundary(part)
        if boundary is None or self._left <= 0:
            return
        data = self._data
        spans, part.is_cut_off = _spans(data, part.start, part.end, boundary)
        default_kind = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
        for start, end in spans:
            if self._left <= 0:  # the rest as one part: nothing is dropped
                rest = Part(Headers(b""), data, start, spans[-1][1], "application/octet-stream")
                part.children.append(rest)
                return
            part.children.append(self.part(start, end, default_kind, depth + 1))

    def _split_encoded(self, part: Part, depth: int) -> None:
        """Against the standard, but seen: the whole multipart transferred as Base64."""
        inner = _Splitter(part.body)
        inner._left = self._left
        copy = Part(Headers(b""), inner._data, 0, len(inner._data), part.kind, part.parameters)
        inner._split(copy, depth)
        part.children, self._left = copy.children, inner._left


def _kind(stated: str, headers: Headers, default: str) -> str:
    if not stated:
        return "application/octet-stream" if headers.raw("content-disposition").lower().startswith(b"att") else default
    if _TYPE.fullmatch(stated):
        return stated
    return _BARE_TYPES.get(stated.rstrip("/;,"), "application/octet-stream")


def _take_name(part: Part) -> None:
    disposition, parameters = part.headers.structured("content-disposition")
    part.disposition = disposition
    part.name = parameters.get("filename") or parameters.get("name") or part.parameters.get("name") or ""


def _boundary(part: Part) -> bytes | None:
    stated = part.parameters.get("boundary", "").rstrip()
    if stated:
        boundary = stated.encode("utf-8", "replace")
        if part.data.find(b"--" + boundary, part.start, part.end) >= 0:
            return boundary
    sniffed = _SNIFFED_BOUNDARY.match(part.data, part.start, part.end)
    return sniffed[1] if sniffed else None


def _spans(data: bytes, start: int, end: int, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts between the boundary lines begin and end, and whether the closing line is missing."""
    spans: list[tuple[int, int]] = []
    opened, closed, mark = -1, False, b"--" + boundary
    at = data.find(mark, start, end)
    while at >= 0:
        line = _boundary_line(data, at, start, end, len(mark))
        if line is not None:
            if opened >= 0:
                spans.append((opened, _before(data, at, opened)))
            after, closed = line
            opened = -1 if closed else after
        at = data.find(mark, at + len(mark), end)
    if opened >= 0:
        spans.append((opened, end))
    return spans, not closed


def _boundary_line(data: bytes, at: int, start: int, end: int, length: int) -> tuple[int, bool] | None:
    """Where the line ends if a boundary line begins at *at*, and whether it is the closing one."""
    if at > start and data[at - 1] != 0x0A:
        return None
    stop = data.find(b"\n", at, end)
    stop = end if stop < 0 else stop + 1
    rest = data[at + length : min(stop, at + length + 200)].rstrip()
    if rest in (b"", b"--"):
        return stop, rest == b"--"
    return None


def _before(data: bytes, at: int, opened: int) -> int:
    """The end of the part above a boundary line: the line break belongs to the boundary."""
    end = at - 1 if at > opened else at
    return end - 1 if end > opened and data[end - 1] == 0x0D else max(end, opened)
