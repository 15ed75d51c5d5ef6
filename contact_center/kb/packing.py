"""An archive (ZIP) of articles: its files out of it, and files into one. The settings page calls it.

How many files there are, and how large they become, is looked at before any is read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import IO

from flask_babel import gettext as _

from contact_center.errors import Unreadable

MOST_FILES, MOST_BYTES = 5_000, 200_000_000


def unpacked(stream: IO[bytes]) -> dict[str, bytes]:
    """The files of an archive by their paths. Raises Unreadable."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise Unreadable(_("There is too much in this archive. Bring it in with the command line."))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        raise Unreadable(_("This is no archive (ZIP) that can be read.")) from None


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """One archive of all *files*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(path, data)
    return out.getvalue()
