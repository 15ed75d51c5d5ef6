"""Files that come with a form: checked one by one, stored at once, so that an error elsewhere does not lose them.

Programs are refused by name and by content. Everything else is kept as it is, HTML and SVG too, since nothing is ever
served but as a download.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.web import kinds
from contact_center.channels.web.submissions import StoredFile
from contact_center.extensions import db
from contact_center.files import names
from contact_center.tickets import uploads as waiting

MOST_FILES = 5
_log = logging.getLogger(__name__)
_PROGRAM_ENDINGS = frozenset(  # Windows, scripts, packages, disk images
    {
        "exe",
        "com",
        "scr",
        "pif",
        "bat",
        "cmd",
        "cpl",
        "dll",
        "sys",
        "ocx",
        "drv",
        "lnk",
        "url",
        "scf",
        "inf",
        "reg",
        "chm",
    }
    | {
        "ps1",
        "psm1",
        "vb",
        "vbs",
        "vbe",
        "js",
        "jse",
        "mjs",
        "wsf",
        "wsh",
        "hta",
        "sh",
        "bash",
        "csh",
        "command",
        "run",
    }
    | {"msi", "msp", "mst", "msix", "appx", "jar", "apk", "ipa", "app", "pkg", "deb", "rpm", "run", "bin", "inf", "elf"}
    | {"dmg", "iso", "img", "vhd", "vhdx"}
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The files that are kept, and one sentence for each that is not."""

    files: tuple[StoredFile, ...] = ()
    problems: tuple[str, ...] = ()


class _Refused(Exception):
    """One file cannot be taken; the text says why."""


def take(new: Iterable[FileStorage], kept: Iterable[StoredFile], *, most_bytes: int) -> Taken:
    """Check and store *new* files beside those *kept* from an earlier try; the caller commits."""
    files = list(dict.fromkeys(kept))[:MOST_FILES]
    for file in files:
        waiting.add_again(bytes.fromhex(file.digest), file.name, file.content_type)
    problems: list[str] = []
    for upload in new:
        try:
            file = _take(upload, files, most_bytes)
        except _Refused as refused:
            problems.append(str(refused))
        else:
            files.extend([file] if file not in files else [])
    return Taken(tuple(files), tuple(dict.fromkeys(problems)))


def needed() -> list[bytes]:
    """Digests of the files of sent forms that are not filed: whoever tries them again will look for these."""
    unfiled = (RawState.NEW, RawState.QUARANTINED, RawState.IGNORED)
    asked = select(func.jsonb_array_elements_text(RawMessageRow.facts["files"]))
    asked = asked.where(RawMessageRow.channel == "web", RawMessageRow.state.in_(unfiled))
    return [bytes.fromhex(digest) for digest in db.session.scalars(asked)]


def size_of(upload: FileStorage) -> int:
    """How many bytes have arrived."""
    size = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    return size


def _take(upload: FileStorage, others: list[StoredFile], most_bytes: int) -> StoredFile:
    name = names.safe(upload.filename or "")
    if len(others) >= MOST_FILES:
        raise _Refused(gettext("“%(name)s” was left out: five files at most.", name=name))
    room = most_bytes - sum(file.size for file in others)
    data = upload.stream.read(room + 1)
    if not data:
        raise _Refused(gettext("“%(name)s” is empty.", name=name))
    if len(data) > room:
        most = most_bytes // (1024 * 1024)
        raise _Refused(
            gettext("“%(name)s” was left out: all files together may have %(most)s MB.", name=name, most=most)
        )
    kind = kinds.of(data[: kinds.HEAD], names.ending(name))
    if names.ending(name) in _PROGRAM_ENDINGS or kinds.is_program(data[: kinds.HEAD]):
        raise _Refused(gettext("“%(name)s” is a program. Send a photo or a document instead.", name=name))
    _store(name, kind, data)
    return StoredFile(hashlib.sha256(data).hexdigest(), name, kind, len(data))


def _store(name: str, kind: str, data: bytes) -> None:
    try:
        waiting.add(None, name, kind, data)
    except OSError as error:  # the disk is full or gone; the words can still come through
        _log.exception("a file of a form could not be stored")
        text = gettext("“%(name)s” cannot be stored at the moment. Send the rest now and the file later.", name=name)
        raise _Refused(text) from error
