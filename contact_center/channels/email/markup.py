"""Sanitised HTML as lines of text, and back: which tags to put around what the lines showed to be history.

Called by `reading`. Understands only the canonical output of `html.sanitised`, so one scan is enough. Never removes
anything: history gets <blockquote class="cc-quote">, a signature <div class="cc-signature">, for the desk to fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from html import unescape

from contact_center.channels.email import attribution, history, html, quoting

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*)>|([^<]+)|<")
_MARK = re.compile(r" (class|id|type|name)=\"([^\"]*)\"")
_PROMISING = (
    "<blockquote",
    "quote",
    "ignature",
    "zmail_extra",
    "isReplyContent",
    "origbody",
    "iPhone",
    "iPad",
    "ent from",
    "--",
    "Outlook",
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = frozenset(
    "address article aside blockquote caption center dd dir div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header"
    " hr li main menu nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_SPACED = frozenset("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split())
_VOID = frozenset("br hr img col wbr".split())
_UNWRAPPABLE = frozenset("tbody thead tfoot tr td th caption col colgroup li dt dd".split())
_BORDER_IDS = frozenset(("divRplyFwdMsg", "stopSpelling", "zwchr", "replySplit"))
_SIGNATURE_MARKS = frozenset(
    ("protonmail_signature_block", "gmail_signature", "moz-signature", "Signature", "ms-outlook-mobile-signature")
)
_QUOTE_MARKS = (html.KNOWN_CLASSES | html.KNOWN_IDS) - _BORDER_IDS - _SIGNATURE_MARKS - {"MsoNormal"}
_WRAPPERS = {
    quoting.QUOTE: ('<blockquote class="cc-quote">', "</blockquote>"),
    quoting.SIGNATURE: ('<div class="cc-signature">', "</div>"),
}


@dataclass(slots=True)
class Lines:
    """The text of some markup line by line, and where in the markup each line begins."""

    markup: str
    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    borders: set[int] = field(default_factory=set)
    quoted: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)


def may_fold(markup: str, *, is_reply: bool) -> bool:
    """A cheap look whether reading the lines can show anything to fold."""
    return is_reply or any(sign in markup for sign in _PROMISING)


def lines_of(markup: str) -> Lines:
    """Read sanitised *markup*. Quoted elements come with "> " in front, as in plain mail."""
    return _Reader(markup).read()


class _Reader:
    def __init__(self, markup: str) -> None:
        self._lines = Lines(markup)
        self._text = ""
        self._start = 0  # where the line being read begins: behind the last thing that ended one
        self._open: list[tuple[str, bool, bool]] = []  # tag, is it quoted, is it a signature
        self._quoted = self._signature = self._pre = 0

    def read(self) -> Lines:
        for match in _TOKEN.finditer(self._lines.markup):
            slash, tag, attributes, text = match.groups()
            if text is not None:
                self._add(text, match.start())
            elif tag is None:
                self._add("<", match.start())
            elif slash:
                self._close(tag, match.end())
            else:
                self._opened(tag, attributes, match.start(), match.end())
        self._end_line(len(self._lines.markup))
        return self._lines

    def _add(self, text: str, at: int) -> None:
        if self._pre:
            *whole, last = text.split("\n")
            for line in whole:
                self._text += unescape(line)
                at += len(line) + 1
                self._end_line(at, is_break=True)
            self._text += unescape(last)
            return
        text = _SPACES.sub(" ", unescape(text) if "&" in text else text)
        self._text += text.lstrip(" ") if self._text[-1:] in ("", " ") else text

    def _opened(self, tag: str, attributes: str, start: int, end: int) -> None:
        if tag == "br":
            self._end_line(end, is_break=True)
            return
        if tag in _BLOCKS:
            self._end_block(tag, attributes, start)
        elif tag in ("td", "th") and self._text.strip():
            self._text += "  "
        marks = (
            {value for _, values in _MARK.findall(attributes) for value in values.split()}
            if attributes
            else frozenset()
        )
        if not _BORDER_IDS.isdisjoint(marks):
            self._lines.borders.add(len(self._lines.texts))
        if tag == "li":
            self._text += "- "
        elif tag == "hr":
            self._text = "_" * 32
            self._end_line(end)
        if tag not in _VOID:
            self._push(tag, marks)

    def _end_block(self, tag: str, attributes: str, position: int) -> None:
        self._end_line(position if self._text.strip() else self._start)
        if tag in _SPACED and "MsoNormal" not in attributes and "margin:0" not in attributes:
            self._gap()

    def _gap(self) -> None:
        if self._lines.texts and self._lines.texts[-1] not in ("", "> "):
            self._keep("")

    def _push(self, tag: str, marks: AbstractSet[str]) -> None:
        is_quoted = not _QUOTE_MARKS.isdisjoint(marks) and (tag == "blockquote" or "gmail_quote" not in marks)
        is_quoted = is_quoted or (tag == "blockquote" and ("cite" in marks or self._is_attributed()))
        is_quoted = is_quoted or (tag == "div" and "quote" in marks)
        is_signature = not _SIGNATURE_MARKS.isdisjoint(marks)
        self._quoted += is_quoted
        self._signature += is_signature
        self._pre += tag == "pre"
        self._open.append((tag, is_quoted, is_signature))

    def _is_attributed(self) -> bool:
        """A bare blockquote quotes if "X wrote:" stands above it; elsewhere it is somebody's indentation."""
        texts = self._lines.texts
        last = next((at for at in range(len(texts) - 1, max(-1, len(texts) - 4), -1) if texts[at].strip()), None)
        return last is not None and (attribution.start_of(texts, last) is not None or history.is_separator(texts[last]))

    def _close(self, tag: str, end: int) -> None:
        if tag in _BLOCKS:
            self._end_line(end)
        elif not self._text.strip():
            self._start = end
        if self._open:
            opened, was_quoted, was_signature = self._open.pop()
            self._quoted -= was_quoted
            self._signature -= was_signature
            self._pre -= opened == "pre"
        if tag in _SPACED and tag != "p":
            self._gap()

    def _end_line(self, position: int, *, is_break: bool = False) -> None:
        text = self._text.replace("\xa0", " ").rstrip()
        if text or is_break or "\xa0" in self._text:
            self._keep(text)
        self._text = ""
        self._start = position

    def _keep(self, text: str) -> None:
        if self._quoted:
            self._lines.quoted.add(len(self._lines.texts))
        if self._signature and text:
            self._lines.signed.add(len(self._lines.texts))
        self._lines.texts.append(f"> {text}" if self._quoted else text)
        self._lines.starts.append(self._start)


def marked(lines: Lines, *, is_reply: bool) -> bytearray:
    """WORDS, QUOTE or SIGNATURE for each line, the programs' own marks included."""
    marks = quoting.mark(lines.texts, is_reply=is_reply, borders=lines.borders, quoted=lines.quoted)
    for at in lines.signed:
        if marks[at] == quoting.WORDS:
            marks[at] = quoting.SIGNATURE
    if all(kind != quoting.WORDS or not text for kind, text in zip(marks, lines.texts, strict=True)):
        return bytearray(len(marks))
    return marks


def folded(lines: Lines, marks: bytearray) -> str:
    """The markup with history and signature wrapped; as it was where a wrapper would not fit the structure."""
    markup, at = lines.markup, 0
    out: list[str] = []
    for start, end, kind in _runs(lines, marks):
        wrapped = _wrapped(markup[start:end], *_WRAPPERS[kind])
        if wrapped is not None:
            out += (markup[at:start], wrapped)
            at = end
    out.append(markup[at:])
    return "".join(out)


def _runs(lines: Lines, marks: bytearray) -> Iterator[tuple[int, int, int]]:
    """Where the hidden runs begin and end in the markup."""
    at, count = 0, len(marks)
    while at < count:
        kind, first = marks[at], at
        while at < count and (marks[at] == kind or (kind != quoting.WORDS and lines.texts[at] in ("", "> "))):
            at += 1
        if kind != quoting.WORDS:
            yield lines.starts[first], lines.starts[at] if at < count else len(lines.markup), kind


def _wrapped(fragment: str, before: str, after: str) -> str | None:
    """*fragment* in wrappers, reopened where it leaves the elements around it; None if it ends inside one."""
    out: list[str] = []
    depth, opened_at = 0, None
    tokens = list(_TOKEN.finditer(fragment))
    last = max((at for at, token in enumerate(tokens) if _is_seen(token)), default=-1)
    for at, match in enumerate(tokens):
        token, slash, tag = match[0], match[1], match[2]
        if slash:
            depth -= 1
            if opened_at is not None and depth < opened_at:  # closes what was opened outside the wrapper
                out.append(after)
                opened_at = None
        elif opened_at is None and at <= last and token.strip() and tag not in _UNWRAPPABLE:
            out.append(before)
            opened_at = depth
        if tag and not slash and tag not in _VOID:
            depth += 1
        out.append(token)
    if depth > 0:
        return None
    return "".join(out) + (after if opened_at is not None else "")


def _is_seen(token: re.Match[str]) -> bool:
    """Whether a token shows anything: wrappers around nothing are not worth their tags."""
    return token[2] in ("img", "hr") or (token[4] or "").replace("&nbsp;", " ").strip() != ""
