"""Files that go with a text: what may go, said before anything is written. The carrier fetches them by a link of ours.

Sources: "Accepted content types for media" (texts), "WhatsApp: media messages".
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contact_center.errors import Invalid
from contact_center.tickets.messages import Upload

MEGABYTE = 1024 * 1024
MOST_FILES, MOST_BYTES = 10, 5 * MEGABYTE  # of a text; the composer knows them too: frontend/src/texting.ts
WHATSAPP, WHATSAPP_BYTES = "whatsapp", 16 * MEGABYTE
_TEXT_KINDS = ("image/", "audio/", "video/")
_TEXT_TYPES = {"application/pdf", "text/vcard", "text/x-vcard", "text/csv", "text/calendar", "text/rtf"}
_WHATSAPP_TYPES = {
    "image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/amr", "audio/3gpp", "audio/aac", "audio/mpeg",
    "audio/mp4", "video/mp4", "application/pdf", "text/vcard", "application/msword", "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}  # fmt: skip
_NOT = {"image/svg+xml"}


def checked(files: Sequence[Upload], transport: str) -> Sequence[Upload]:
    """*files*, if all of them may go with one text. Raises Invalid with the reason."""
    by_whatsapp = transport == WHATSAPP
    most, largest = (1, WHATSAPP_BYTES) if by_whatsapp else (MOST_FILES, MOST_BYTES)
    if len(files) > most:
        _refuse(_("One file can go with a WhatsApp message.") if by_whatsapp
                else _("At most %(most)d files can go with a text.", most=most))  # fmt: skip
    if sum(file.size for file in files) > largest:
        _refuse(_("The files are too large for a text: at most %(most)d MB together.", most=largest // MEGABYTE))
    for file in files:
        if not _goes(file.content_type, by_whatsapp):
            _refuse(_("“%(name)s” cannot go with a text: pictures, sounds, videos and PDFs can.", name=file.name))
    return files


def _goes(content_type: str, by_whatsapp: bool) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if by_whatsapp:
        return kind in _WHATSAPP_TYPES
    return kind not in _NOT and (kind.startswith(_TEXT_KINDS) or kind in _TEXT_TYPES)


def _refuse(sentence: str) -> None:
    raise Invalid(sentence, {"uploads": sentence})
