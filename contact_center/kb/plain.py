"""An article's markup as plain text: for the search, for texts and telephones, for a look at what has changed. Pure.

It reads what `rendering` has made harmless; of anything else it only gives the words.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article aside blockquote dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main"
    " ol p pre section summary table tbody tfoot thead tr ul".split()
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")


class _Lines(HTMLParser):
    """Collects the words of blocks, one line for each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._places: list[int | None] = []  # of lists: the number of the next item, None where they have none
        self._is_exact = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self._end()
        if tag in ("ol", "ul"):
            self._places.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._line.append(self._mark())
        elif tag in ("td", "th") and self._line:
            self._line.append("  ")
        elif tag == "img":
            self._line.append(dict(attrs).get("alt") or "")
        elif tag == "pre":
            self._is_exact = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        if tag in ("ol", "ul") and self._places:
            self._places.pop()
        elif tag == "pre":
            self._is_exact = False

    def handle_data(self, data: str) -> None:
        if self._is_exact:
            *whole, last = data.split("\n")
            for line in whole:
                self._line.append(line)
                self._end()
            self._line.append(last)
        else:
            self._line.append(_SPACES.sub(" ", data))

    def text(self) -> list[str]:
        """The lines, the empty ones left out."""
        self.close()
        self._end()
        return self.lines

    def _mark(self) -> str:
        place = self._places[-1] if self._places else None
        if place is None:
            return "- "
        self._places[-1] = place + 1
        return f"{place}. "

    def _end(self) -> None:
        line = "".join(self._line).rstrip() if self._is_exact else "".join(self._line).strip()
        if line and line != "-":
            self.lines.append(line)
        self._line = []


def lines(html: str) -> list[str]:
    """The words of *html*, a line for each of its blocks."""
    reader = _Lines()
    reader.feed(html)
    return reader.text()


def text(html: str) -> str:
    """The words of *html*."""
    return "\n".join(lines(html))
