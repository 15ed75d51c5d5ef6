"""Pictures written into a mail's HTML as `data:` addresses: taken out, to be files like those that come beside it.

Called by `content`, before anything measures or sanitises the HTML. So they are seen below the words, can be kept, and
are served as attachments are; what is no raster image, or too large, stays where it is and is not shown.
"""

from __future__ import annotations

import hashlib
import re

from contact_center.channels.email import base64
from contact_center.files import pictures
from contact_center.tickets.inbound import InboundFile

MOST = 50
LARGEST = 5_000_000  # bytes
_ADDRESS = r"data:image/(?:png|x-png|p?jpe?g|gif|webp)(?:;[\w.=-]{1,80}+)*?;base64,"
_PICTURE = re.compile(
    r"(<img\b[^<>]*?\ssrc\s*=\s*)"
    rf"(?:([\"'])\s*{_ADDRESS}([A-Za-z0-9+/=\s]*+)\2|{_ADDRESS}([A-Za-z0-9+/=]*+)(?=[\s>]))",
    re.IGNORECASE,
)


def taken_out(markup: str, files: dict[str, InboundFile]) -> str:
    """*markup* with `cid:` addresses instead; the pictures are added to *files* by their content ids, each once."""
    if "ata:image/" not in markup:  # nobody writes it in capitals
        return markup

    def place(found: re.Match[str]) -> str:
        content_id = _kept(found[3] or found[4] or "", files)
        quote = found[2] or ""
        return f"{found[1]}{quote}cid:{content_id}{quote}" if content_id else found[0]

    return _PICTURE.sub(place, markup)


def _kept(encoded: str, files: dict[str, InboundFile]) -> str | None:
    if len(encoded) > LARGEST * 3 // 2:
        return None
    data = base64.decoded(encoded.encode())
    kind = pictures.kind(data[:16])
    content_id = f"{hashlib.sha256(data).hexdigest()[:40]}@in-text"
    if kind is None or len(data) > LARGEST or (len(files) >= MOST and content_id not in files):
        return None
    name = f"picture-{len(files) + 1}.{kind.rpartition('/')[2].replace('jpeg', 'jpg')}"
    files.setdefault(content_id, InboundFile(name, kind, data, content_id, inline=True))
    return content_id
