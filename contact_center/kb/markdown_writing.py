"""An article's markup as Markdown, as far as that can say it; `markdown` looks whether it says the same. Pure."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_SPECIAL = re.compile(r"([\\`*_\[\]<>~|&])")
_AT_LINE_START = re.compile(r"^(\s*(?=[#+\-])|\s*\d+(?=[.)]))([#+\-.)])(?=\s|$)")
_INLINE = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_KEPT = frozenset(
    "abbr dd details div dl dt figcaption figure ins kbd mark q samp small span sub summary sup u var caption".split()
)


class _Writer(HTMLParser):
    """Writes the text of one block after another; lists and quotes indent what is in them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written = ""
        self.line = ""
        self.indents: list[str] = []  # what each line of a block begins with
        self.places: list[int | None] = []
        self.mark = ""  # what the first line of the next block begins with, instead of the last indent
        self.link: list[str] = []
        self.rows: list[list[str]] = []
        self.is_exact = self.is_code = self.is_first = self.is_paragraph = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in _INLINE:
            self.line += _INLINE[tag]
        elif tag == "br":
            self.line += "\\\n"
        elif tag == "code":
            self._code(begins=True)
        elif tag == "a":
            self.link.append(said.get("href") or "")
            self.line += "["
        elif tag == "img":
            self.line += f"![{_escaped(said.get('alt') or '')}]({said.get('src') or ''})"
        elif tag in _KEPT:
            self.line += "<" + tag + "".join(f' {name}="{escape(value or "")}"' for name, value in attrs) + ">"
        else:
            self._block_begins(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE:
            self.line += _INLINE[tag]
        elif tag == "code":
            self._code(begins=False)
        elif tag == "a":
            self.line += f"]({self.link.pop() if self.link else ''})"
        elif tag in _KEPT:
            self.line += f"</{tag}>"
        else:
            self._block_ends(tag)

    def handle_data(self, data: str) -> None:
        if self.is_exact or self.is_code:
            self.line += data
        else:
            text = _escaped(re.sub(r"\s+", " ", data))
            self.line += text if self.line and self.line[-1] != "\n" else _begun(text)

    def text(self) -> str:
        """What was written."""
        self.close()
        self._end()
        return self.written

    def _code(self, *, begins: bool) -> None:
        if not self.is_exact:
            self.line, self.is_code = self.line + "`", begins

    def _block_begins(self, tag: str, said: dict[str, str | None]) -> None:
        self._end()
        if tag in ("ul", "ol"):
            self.is_first = not self.places
            self.places.append(int(said.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            place = self.places[-1] if self.places else None
            self.mark = self.mark + ("- " if place is None else f"{place}. ")
            if place is not None:
                self.places[-1] = place + 1
            self.indents.append(" " * (2 if place is None else len(f"{place}. ")))
        elif tag == "blockquote":
            self.indents.append("> ")
            self.mark += "> "
        elif tag in ("h2", "h3", "h4"):
            self.line = "#" * int(tag[1]) + " "
        elif tag == "pre":
            self.is_exact = True
        elif tag == "hr":
            self.line = "---"
            self._end()
        elif tag == "tr":
            self.rows.append([])
        self.is_paragraph = tag == "p"

    def _block_ends(self, tag: str) -> None:
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append(self.line.strip())
            self.line = ""
            return
        if tag == "pre":
            self.is_exact = False
            self.line = "```\n" + self.line.removesuffix("\n") + "\n```"
        self._end()
        if tag in ("ul", "ol") and self.places:
            self.places.pop()
        elif tag in ("li", "blockquote") and self.indents:
            self.indents.pop()
            self.mark = ""
        elif tag == "table":
            self._table()

    def _table(self) -> None:
        rows, self.rows = [row for row in self.rows if row], []
        if not rows:
            return
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        lines.insert(1, "| " + " | ".join("---" for _cell in rows[0]) + " |")
        self.line = "\n".join(lines)
        self._end()

    def _end(self) -> None:
        line, self.line = self.line.strip("\n" if self.is_exact else " \n"), ""
        if not line:
            return
        before = "".join(self.indents)
        first = before[: len(before) - len(self.mark)] + self.mark if self.mark else before
        self.mark = ""
        begun = first + line.replace("\n", "\n" + before)
        # Items without paragraphs stand close together: that is how Markdown says it.
        is_close = bool(self.indents) and not self.is_paragraph and not self.is_first
        self.written += ("" if not self.written else "\n" if is_close else "\n\n") + begun
        self.is_first = False


def of(html: str) -> str:
    """*html* as Markdown."""
    writer = _Writer()
    writer.feed(html)
    return writer.text()


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _begun(text: str) -> str:
    """*text* at the beginning of a line, where a sign or a number would begin a heading or a list."""
    return _AT_LINE_START.sub(r"\1\\\2", text)
