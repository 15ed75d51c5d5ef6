"""Names for attachments that any disk, browser and zip program can live with, whatever the sender wrote.

Called by `content`. A name here is a label: nothing is ever stored or served under it.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120

_FORBIDDEN = re.compile(r"[<>:\"|?*\x00-\x1f\x7f]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_WELL_KNOWN = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/pgp-keys": "public-key.asc",
    "application/applefile": "finder-info.bin",
    "text/calendar": "invite.ics",
    "text/x-vcard": "contact.vcf",
    "text/vcard": "contact.vcf",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
}
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/pjpeg": "jpg",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/x-icon": "ico",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/amr": "amr",
    "video/quicktime": "mov",
    "text/plain": "txt",
    "text/x-amp-html": "amp.html",
    "text/watch-html": "watch.html",
    "text/richtext": "rtf",
    "text/enriched": "txt",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/x-zip-compressed": "zip",
    "application/gzip": "gz",
    "application/vnd.rar": "rar",
    "application/x-7z-compressed": "7z",
    "application/octet-stream": "bin",
}


def safe(claimed: str) -> str:
    """What is left of the sender's name without path, controls, invisible letters and leading dots; may be empty."""
    name = re.split(r"[/\\]", claimed.rstrip("/\\ "))[-1]
    if not name.isascii():
        name = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char)[0] != "C")
    name = _FORBIDDEN.sub("_", " ".join(name.split()))
    name = name.strip(" .")
    if _RESERVED.match(name):
        name = "_" + name
    return _shortened(name) if name.strip("_ ") else ""


def by_kind(kind: str, number: int) -> str:
    """A name for a part that came without one."""
    if kind in _WELL_KNOWN:
        return _WELL_KNOWN[kind]
    main, _, sub = kind.partition("/")
    ending = _ENDINGS.get(kind) or sub.removeprefix("x-").partition("+")[0]
    stem = main if main in ("image", "audio", "video", "text") else "part"
    return f"{stem}-{number}.{ending if re.fullmatch('[a-z0-9.]{1,10}', ending) else 'bin'}"


class Distinct:
    """Gives the second photo.jpg of a mail the name photo (2).jpg."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        """*wanted* itself the first time, a numbered form later."""
        name, stem, ending = wanted, *_parts(wanted)
        while name.casefold() in self._taken:
            number = self._next.get(wanted.casefold(), 2)
            self._next[wanted.casefold()] = number + 1
            mark = f" ({number})"
            name = stem[: LONGEST - len(ending) - len(mark)] + mark + ending
        self._taken.add(name.casefold())
        return name


def _parts(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 16 else (name, "")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, ending = _parts(name)
    return stem[: LONGEST - len(ending)].rstrip(" .") + ending
