"""One header at a time, from untrusted words to wire bytes that cannot become two headers.

Only `building` uses this. Every value is cleaned of control characters, encoded, folded, and checked at the end; the
standard library's own writer lets an encoded word smuggle a line break (CVE-2024-6923) and loses spaces in long
Chinese subjects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.header import Header
from urllib.parse import quote

from contact_center.text import addresses

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ATEXT_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_MSG_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_LINES = re.compile(r"[\x20-\x7e]{1,998}(?:\r\n[ \t][\x21-\x7e][\x20-\x7e]{0,996})*")
_UTF8_LINES = re.compile(r"[^\x00-\x1f\x7f]{1,998}(?:\r\n[ \t][^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,996})*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}/[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_WIDTH = 76


def header(name: str, value: str, *, utf8: bool = False) -> bytes:
    """The finished line(s); *value* is encoded and folded already. Raises ValueError if it could break out."""
    line = f"{name}: {value}"
    if not (_UTF8_LINES if utf8 else _LINES).fullmatch(line):
        raise ValueError(f"{name} does not fit into a header")
    return line.encode() + b"\r\n"


def clean(value: str) -> str:
    """*value* on one line, of real characters."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", value)).strip()


def words(name: str, value: str) -> str:
    """Free text, such as a subject."""
    value = clean(value)
    if value.isascii() and "=?" not in value and len(name) + len(value) + 2 <= _WIDTH:
        return value
    # Encoded words also where plain ASCII is merely long: folding them never touches a space.
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def addresses_line(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Mailboxes with their display names, one to a line."""
    return ",\r\n ".join(_mailbox(name, display, address) for display, address in pairs)


def _mailbox(name: str, display: str, address: str) -> str:
    display = clean(display)[:200]
    if not display:
        return address
    phrase = _phrase(name, display)
    fits = len(name) + len(phrase) + len(address) + 5 <= _WIDTH and "\n" not in phrase
    return f"{phrase} <{address}>" if fits else f"{phrase}\r\n <{address}>"


def _phrase(name: str, display: str) -> str:
    if display.isascii() and "=?" not in display and len(display) <= 60:
        if _ATEXT_PHRASE.fullmatch(display):
            return display
        return '"' + display.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return Header(display, "utf-8", header_name=name).encode(linesep="\r\n")


def ascii_address(address: str) -> str | None:
    """An address as it goes on the wire: domain in ASCII, local part as it is. None if it is no address."""
    return addresses.email_normal(address)


def message_ids(ids: Iterable[str]) -> list[str]:
    """Those of *ids* that are well-formed, in order, each once."""
    return list(dict.fromkeys(each for raw in ids if (each := message_id(raw))))


def message_id(raw: str) -> str | None:
    """A Message-ID in its brackets, or None if it is not well-formed."""
    bare = raw.strip()
    bracketed = bare if bare.startswith("<") else f"<{bare}>"
    return bracketed if _MSG_ID.fullmatch(bracketed) else None


def content_type(claim: str) -> str:
    """The claim where it is harmless as a leaf part's type, otherwise plain bytes."""
    main = claim.strip().lower()
    if not _TOKEN.fullmatch(main) or main.startswith(("multipart/", "message/")):
        return "application/octet-stream"
    return main


def file_name(parameter: str, name: str) -> str:
    """A file name as a parameter: quoted where it is plain, RFC 2231 with continuations where it is not."""
    name = clean(name) or "file"
    if name.isascii() and len(name) <= 60:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n {parameter}="{quoted}"'
    pieces = _pieces(quote(name, safe=""))
    if len(pieces) == 1:
        return f";\r\n {parameter}*=utf-8''{pieces[0]}"
    charset = ["utf-8''", *[""] * (len(pieces) - 1)]
    return "".join(f";\r\n {parameter}*{n}*={charset[n]}{piece}" for n, piece in enumerate(pieces))


def _pieces(encoded: str, size: int = 54) -> list[str]:
    """Split percent-encoded text without cutting a %XX in two."""
    return re.findall(rf"(?:%[0-9A-F]{{2}}|[^%]){{1,{size // 3}}}", encoded)
