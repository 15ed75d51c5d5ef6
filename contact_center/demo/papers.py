"""Documents of the demo's archive: one sheet of paper each, as PDF. The same lines make the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from contact_center.channels.web.portal.paper import Sheet


def page(title: str, lines: Sequence[str], language: str) -> bytes:
    """A sheet with a heading and some lines."""
    sheet = Sheet(title, "Norra", "zh" if language == "zh" else "en", str)
    sheet.heading(title)
    sheet.pairs([(f"{number}", line) for number, line in enumerate(lines, 1)])
    return sheet.done()
