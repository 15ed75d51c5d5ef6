"""A picture is what its bytes say."""

from __future__ import annotations

import pytest

from contact_center.files import pictures


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF0000WEBP", "image/webp"),
        (b"RIFF0000WAVE", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"", None),
    ],
)
def test_it_knows_the_pictures_that_browsers_show(beginning: bytes, kind: str | None) -> None:
    assert pictures.kind(beginning) == kind
