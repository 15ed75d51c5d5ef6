"""What ties a mail to earlier ones: our token in an address, message ids, a ticket number in the subject.

Called by `reading` and the bounce reader. Only collects; whether a key may join a ticket is for `tickets` to say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from contact_center.channels.email.headers import Headers

MOST_IDS = 20
_LONGEST_ID = 250
_TAIL = 20_000

_TOKEN = re.compile(rb"\+cc-([a-z0-9]{20,64})@")
_TOKEN_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to")
_BRACKETED = re.compile(rb"<([^<>]+)>")
_NUMBER = re.compile(r"\bCC-(\d{1,9})\b", re.IGNORECASE | re.ASCII)
_PREFIX = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)*([^\s:：\[\]]{1,14}?)(?:\s?[\[(（]\d{1,3}[\])）])?\s*[:：]")
_REPLIED = frozenset(
    "re aw sv antw antwort res rif r odp ynt yanıt отв ответ ha ref rép 回复 回覆 答复 答覆 回信 返信 답장 회신".split()
)
# VS is a Finnish answer and a Danish forward: shown whole, as forwards are.
_FORWARDED = frozenset(
    "fw fwd wg tr rv enc i vl vb vs doorst pd ilt i̇lt пересл прд 转发 轉寄 转寄 轉發 転送 전달 fs továbbítás".split()
)


def external_id(headers: Headers, payload: bytes) -> str:
    """The mail's own id, or one made of its bytes: the same bytes again have the same id."""
    return normal_id(_first(headers.raw("message-id"))) or f"<{hashlib.sha256(payload).hexdigest()}@missing.invalid>"


def keys(headers: Headers, subject: str, envelope_to: Iterable[str] = ()) -> tuple[str, ...]:
    """Tokens, then the ids answered to, then the ids referred to, newest first, then a number in the subject."""
    found = [f"token:{token}" for token in _tokens(headers, envelope_to)]
    ids = ids_in(headers.raw("in-reply-to"))
    ids += reversed(ids_in(headers.raw("references")[-_TAIL:]))
    found += list(dict.fromkeys(ids))[:MOST_IDS]
    number = _NUMBER.search(subject)
    if number:
        found.append(f"number:{int(number[1])}")
    return tuple(dict.fromkeys(found))


def ids_in(value: bytes) -> list[str]:
    """All message ids of a header value, folded or without brackets as Outlook and ServiceNow send them."""
    raw = _BRACKETED.findall(value) or [word for word in value.replace(b",", b" ").split() if b"@" in word]
    return [known for known in map(normal_id, raw) if known]


def normal_id(raw: bytes) -> str | None:
    """`<id>` in one spelling; a monster becomes its hash. None if nothing identifies."""
    text = b"".join(raw.split()).strip(b"<>\"'").decode("ascii", "backslashreplace")
    text = "".join(char for char in text if char.isprintable() and char not in "<>")
    if not any(map(str.isalnum, text)):
        return None
    return f"<{text}>" if len(text) <= _LONGEST_ID else f"<{hashlib.sha256(text.encode()).hexdigest()}@long.invalid>"


def is_reply(headers: Headers, subject: str) -> bool:
    """Whether this mail says it answers another: only such a mail has a history to fold."""
    prefix = _prefix(subject)
    if prefix in _FORWARDED:
        return False
    return prefix in _REPLIED or "in-reply-to" in headers or "references" in headers


def is_forward(subject: str) -> bool:
    """Whether the whole mail was passed on for us to read."""
    return _prefix(subject) in _FORWARDED


def _prefix(subject: str) -> str:
    match = _PREFIX.match(subject[:80])
    return match[1].casefold() if match else ""


def _first(value: bytes) -> bytes:
    bracketed = _BRACKETED.search(value)
    return bracketed[1] if bracketed else value.partition(b" ")[0]


def _tokens(headers: Headers, envelope_to: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in _TOKEN_HEADERS:
        for raw in headers.raws(name):
            if b"+" in raw:
                found += (match.decode() for match in _TOKEN.findall(raw.lower()))
    for address in envelope_to:
        found += (match.decode() for match in _TOKEN.findall(address.lower().encode()))
    return list(dict.fromkeys(found))[:MOST_IDS]
