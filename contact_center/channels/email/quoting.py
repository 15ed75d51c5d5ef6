"""What the customer wrote, told apart from the copy of earlier mails and the signature.

Called by `reading` for plain text and by `markup` for HTML, with lines in both cases; structurally quoted HTML comes
with "> " in front. The rule above all: the customer's words are never hidden wrongly. In doubt a line stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from contact_center.channels.email import attribution, history, signatures

WORDS, QUOTE, SIGNATURE = 0, 1, 2

# A person answers among the lines of the copy and says so: then nothing may be hidden.
_ANSWERS_BELOW = re.compile(
    r"\b(?:see|answers?|replies|comments?|responses?|marked|highlighted)\b.{0,30}\b(?:below|inline|in-line"
    r"|in (?:red|blue|green|bold))\b"
    r"|\binline\b|见下|見下|(?:红|蓝|紅|藍)(?:色|字)|下(?:文|面|方)(?:中|里)?(?:回复|回覆|答复|标)|siehe unten"
    r"|(?:antwort\w*|kommentar\w*) unten"
    r"|ci-dessous|más abajo|vedi sotto|zie (?:hieronder|onder)|см\.? ниже|下記",
    re.IGNORECASE,
)
_MOST_LINES = 20_000  # nobody wrote more by hand; what lies below stays visible
_FEWEST_QUOTED = 3  # "> 50 degrees" is no quotation
_FIRST = frozenset(">-–—_‐*=＊#| \t\xa0请請")


def visible(text: str, *, is_reply: bool) -> str:
    """The customer's own words of a plain text; all of it where nothing else is certain."""
    lines = text.split("\n")
    marks = mark(lines, is_reply=is_reply)
    if not any(marks):
        return text.strip()
    return "\n".join(line for line, kind in zip(lines, marks, strict=True) if kind == WORDS).strip()


def mark(
    lines: Sequence[str], *, is_reply: bool, borders: Collection[int] = (), quoted: Collection[int] = ()
) -> bytearray:
    """WORDS, QUOTE or SIGNATURE for every line. *borders* are lines where the mail program marked the beginning of
    history; *quoted* are those whose ">" comes from a quoting element, not from the keyboard.

    Only a reply can have unprefixed history: in any other mail the same lines are what the customer wants us to read.
    """
    marks = bytearray(len(lines))
    cut = _mark_quotes(lines, marks, is_reply, borders)
    _show_typed(lines, marks, cut, _FEWEST_QUOTED if is_reply else len(lines) + 1, quoted)
    _mark_signatures(lines, marks, cut)
    _show_answers(lines, marks, cut)
    for at in range(cut, len(lines)):
        marks[at] = QUOTE
    words = "\n".join(line for line, kind in zip(lines[:200], marks, strict=False) if kind == WORDS)
    if QUOTE in marks and _ANSWERS_BELOW.search(words[:4_000]):
        return bytearray(len(lines))
    if not words.strip() and not any(line.strip() for line, kind in zip(lines, marks, strict=True) if kind == WORDS):
        return bytearray(len(lines))
    return marks


def _mark_quotes(lines: Sequence[str], marks: bytearray, is_reply: bool, borders: Collection[int]) -> int:
    """Mark ">" lines and the attributions above them; return the line where unprefixed history begins."""
    for at, line in enumerate(lines[:_MOST_LINES]):
        first = line[:1]
        if first == ">":
            if not _is_content(lines, marks, at):
                marks[at] = QUOTE
            continue
        is_candidate = first in _FIRST or ":" in line or "：" in line or "this line" in line or at in borders
        if not is_candidate or not line.strip():
            continue
        if line.lstrip().startswith(">"):
            marks[at] = QUOTE
        elif history.is_forward_marker(line):
            return len(lines)  # what follows is meant for us, quoted or not
        else:
            start = _history_at(lines, at, is_reply, at in borders, marks)
            if start is not None:
                return start
    return len(lines)


def _is_content(lines: Sequence[str], marks: bytearray, at: int) -> bool:
    """A structurally quoted block that begins with "Forwarded message" is content as far as it goes."""
    if at and lines[at - 1][:1] == ">":
        return marks[at - 1] == WORDS
    return history.is_forward_marker(lines[at])


def _history_at(lines: Sequence[str], at: int, is_reply: bool, is_border: bool, marks: bytearray) -> int | None:
    """Where history begins if this line shows it; attributions above ">" lines are marked on the way."""
    line = lines[at]
    if history.is_reply_marker(line):
        return _above(lines, at)
    if is_reply and (is_border or (history.is_separator(line) and _is_followed(lines, at))):
        return _above_rules(lines, at)
    if is_reply and history.category_of(line) in ("from", "date", "subject") and history.is_block(lines, at):
        return _above_rules(lines, at)
    found = attribution.start_of(lines, at)
    if found is None:
        return None
    start, is_certain = found
    if _next_words(lines, at).startswith(">"):
        for number in range(start, at + 1):
            marks[number] = QUOTE
        return None
    return start if is_certain and is_reply else None


def _is_followed(lines: Sequence[str], at: int) -> bool:
    """A separator has something below it."""
    return bool(_next_words(lines, at))


def _next_words(lines: Sequence[str], at: int) -> str:
    return next((line.strip() for line in lines[at + 1 : at + 6] if line.strip()), "")


def _above(lines: Sequence[str], at: int) -> int:
    """The attribution a few lines above our reply marker belongs to the copy as well."""
    for number in range(at - 1, max(-1, at - 5), -1):
        found = attribution.start_of(lines, number)
        if found:
            return found[0]
    return at


def _above_rules(lines: Sequence[str], at: int) -> int:
    """Take in the rule or separator right above a block of headers."""
    start = at
    for number in range(at - 1, max(-1, at - 4), -1):
        if history.is_rule(lines[number]) or history.is_separator(lines[number]):
            start = number
        elif lines[number].strip():
            break
    return start


def _mark_signatures(lines: Sequence[str], marks: bytearray, cut: int) -> None:
    for start, end in _blocks(lines, marks, cut):
        if marks[start] == WORDS:
            for at in range(signatures.start_in(lines, start, end), end):
                marks[at] = SIGNATURE


def _show_typed(lines: Sequence[str], marks: bytearray, cut: int, fewest: int, quoted: Collection[int]) -> None:
    """Unhide runs of ">" that nothing announces and no element made, if they are shorter than *fewest* lines."""
    for start, end in _blocks(lines, marks, cut):
        if marks[start] != QUOTE or end - start >= fewest:
            continue
        if all(_is_typed(lines, at) and at not in quoted for at in range(start, end) if lines[at].strip()):
            for at in range(start, end):
                marks[at] = WORDS


def _is_typed(lines: Sequence[str], at: int) -> bool:
    """A ">" line that announces nothing; Apple Mail puts the attribution inside its quotation."""
    return lines[at].lstrip()[:1] == ">" and attribution.start_of([lines[at].strip("> ")], 0) is None


def _show_answers(lines: Sequence[str], marks: bytearray, cut: int) -> None:
    """Unhide everything up to *cut* unless the copy stands clearly above or below the words."""
    order = [
        marks[start]
        for start, end in _blocks(lines, marks, cut)
        if marks[start] == QUOTE or not signatures.is_footer(lines[start:end])
    ]
    if QUOTE in order and not order.count(QUOTE) == order.count(WORDS) == 1:
        for at in range(cut):
            marks[at] = WORDS


def _blocks(lines: Sequence[str], marks: bytearray, cut: int) -> list[tuple[int, int]]:
    """Runs of lines of one kind up to *cut*; blank lines belong to the run they follow."""
    if QUOTE not in marks:
        return [(0, cut)] if cut else []
    blocks: list[tuple[int, int]] = []
    start = -1
    for at in range(cut):
        if not lines[at].strip():
            continue
        kind = QUOTE if marks[at] == QUOTE else WORDS
        if start < 0:
            start = at
        elif kind != (QUOTE if marks[start] == QUOTE else WORDS):
            blocks.append((start, at))
            start = at
    if start >= 0:
        blocks.append((start, cut))
    return blocks
