"""Whether our own mail server has proved that the sender's domain sent this mail (RFC 8601).

Called by `reading`. Believes only the server named in the mailbox's settings: anybody can write the header.
"""

from __future__ import annotations

import re

from contact_center.channels.email.headers import Headers

_RESULT = re.compile(r"\b(dmarc|dkim)\s*=\s*pass\b([^;]*)", re.IGNORECASE)
_DOMAIN = re.compile(r"header\.(?:from|d|i)\s*=\s*@?([a-z0-9.-]+)", re.IGNORECASE)


def is_proven(headers: Headers, sender: str | None, authserv_id: str | None) -> bool:
    """True if the first result of *authserv_id* passed DMARC, or DKIM for the sender's own domain."""
    if not sender or not authserv_id:
        return False
    domain = sender.rpartition("@")[2]
    for raw in headers.raws("authentication-results"):
        server, _, results = raw[:5_000].decode("ascii", "replace").partition(";")
        if server.split(" ")[0].strip().lower() != authserv_id.lower():
            continue
        results = re.sub(r"\([^()]*\)", " ", results)  # a comment may say anything
        return any(_is_of(match, domain) for match in _RESULT.finditer(results))
    return False


def _is_of(match: re.Match[str], domain: str) -> bool:
    named = _DOMAIN.search(match[2])
    if named is None:
        return False
    proved = named[1].lower().rstrip(".")
    return domain == proved or domain.endswith("." + proved)
