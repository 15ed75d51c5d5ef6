"""What kind of picture some bytes are, by how they begin: a sender's word for it is only a claim. Pure.

Called wherever a stranger's picture is kept or shown. Raster images that browsers show, nothing that can hold a script.
"""

from __future__ import annotations

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def kind(beginning: bytes) -> str | None:
    """The type of a raster image that browsers show; None for anything else."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _BEGINNINGS if beginning.startswith(magic)), None)
