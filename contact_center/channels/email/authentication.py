"""Whether our own mail server says that the sender's domain sent this mail (RFC 8601).

Called by `reading`, and by `vouching`, which tells an administrator who speaks. Believes only the server named in the
mailbox's settings, and of its headers only the topmost: anybody can write one that ends up below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from contact_center.channels.email.headers import Headers

NAMELESS = "-"  # how a setting calls a server that writes results without its name, as Microsoft 365 does
_LONGEST = 20_000
_PIECE = re.compile(r"\\.|[\"()]|[^\\\"()]+|\\", re.DOTALL)
_UNSAFE_IN_QUOTES = re.compile(r"[^A-Za-z0-9.@_-]+")
_RESULT = re.compile(r"\s*(dmarc|dkim)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
# A value goes on to the next property: QQ folds its lines in the middle of a domain.
_PROPERTY = re.compile(r"\bheader\.(from|d|i)\s*=\s*(.*?)(?=\s+[a-z.]+\s*=|$)", re.IGNORECASE | re.DOTALL)
_SAID_BY = {"dmarc": ("from",), "dkim": ("d", "i")}  # which property names the domain, the safest first


def verdict(headers: Headers, sender: str | None, authserv_id: str | None) -> bool | None:
    """True: DMARC passed, or DKIM for the sender's own domain. False: DMARC failed. None: nobody who counts says."""
    if not sender or not authserv_id:
        return None
    for raw in headers.raws("authentication-results"):
        server, results = _parsed(raw)
        if is_one_of(server, authserv_id):
            return _judged(results, sender.rpartition("@")[2])
    return None


def speaker(headers: Headers) -> str | None:
    """The name in the topmost header, as a setting would name it; None if there is no such header."""
    raws = headers.raws("authentication-results")
    return _parsed(raws[0])[0] or None if raws else None


def names(setting: str) -> list[str]:
    """The names in a setting: one, or several with commas between."""
    return [name for name in re.split(r"[,;\s]+", setting.lower()) if name]


def is_one_of(server: str, setting: str) -> bool:
    """Whether *setting* names *server*; a star in a name stands for anything."""
    return any(fnmatchcase(server, name) for name in names(setting))


def _parsed(raw: bytes) -> tuple[str, Sequence[str]]:
    """Who speaks, and the results."""
    first, *results = _bare(raw[:_LONGEST].decode("ascii", "replace")).split(";")
    server = next(iter(first.split()), "").lower()
    return (NAMELESS, [first, *results]) if "=" in server else (server, results)


def _bare(text: str) -> str:
    """*text* without its comments, which may say anything, and with nothing in quotes that could pass for a result."""
    kept: list[str] = []
    depth, is_quoted = 0, False
    for piece in _PIECE.findall(text):
        if is_quoted:
            is_quoted = piece != '"'
            kept.append(_UNSAFE_IN_QUOTES.sub("", piece))
        elif piece in "()":
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif depth == 0:
            is_quoted = piece == '"'
            kept.append("" if is_quoted else piece)
    return "".join(kept)


def _judged(results: Sequence[str], domain: str) -> bool | None:
    """DMARC's word about *domain*; without one, whether one of its DKIM signatures is good."""
    told = {_told(found, domain) for each in results if (found := _RESULT.match(each))}
    if told & {("dmarc", "fail", True), ("dmarc", "fail", None)}:
        return False
    return True if told & {("dmarc", "pass", True), ("dkim", "pass", True)} else None


def _told(result: re.Match[str], domain: str) -> tuple[str, str, bool | None]:
    """Method, result, and whether it is about *domain* or one it lies in; None if it names no domain."""
    method, word, properties = result[1].lower(), result[2].lower(), result[3]
    named = {name.lower(): "".join(value.split()) for name, value in _PROPERTY.findall(properties)}
    said = next((named[name] for name in _SAID_BY[method] if name in named), None)
    if said is None:
        return method, word, None
    told = said.partition("@")[2] if "@" in said else said
    told = told.strip("<>").rstrip(".").lower()
    return method, word, bool(told) and (domain == told or domain.endswith("." + told))
