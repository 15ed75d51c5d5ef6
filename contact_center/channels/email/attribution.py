"""The line a mail program writes above what it quotes: "On Monday, Ada wrote:", in whatever language and layout.

Called by `quoting`. Looks at lines that end with a colon or dashes only, and never at more than four lines together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 400
_MOST_LINES = 4
_ENDS = (":", "：", "--", "‐‐")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", ":", "：")

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb(?:en)?|geschrieben|[ée]crit|escribi[óo]|escrito|escreveu|scritto|scrisse|schreef|"
    r"geschreven|skrev|kirjoitti|napisał(?:\(a\)|a)?|napisal|napsal(?:\(a\)|a)?|píše|írta|scris|yazdı|yazmış|"
    r"написал(?:\(а\)|а)?|пишет|пишете|писал|напис(?:ав|ала)|έγραψε|đã viết|menulis)\b"
    r"|写道|寫道|写到|寫到|来信|來信|撰写|撰寫|写了|のメール|書きました|書き込みました|님이? ?(?:작성|쓴|보낸)"
    r"|작성(?:했습니다|함)?|님의 말|님께서",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\d\s?(?:時|时|点|點|시|Uhr)|(?:kl|at|à|о|в)\.? \d{1,2}\b")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d\s?[年년月]")
_ADDRESS = re.compile(r"[^\s<>@\"(]{1,64}@[^\s<>@\")]{1,255}")
_ADDRESS_LAST = re.compile(r"(?:<[^\s<>]{1,64}@[^<>]{1,255}>|\(<?[^\s<>@]{1,64}@[^()]{1,255}\))\S{0,4}\s*[:：]$")
# How such a line begins, to take in a first line that carries the date alone.
_OPENING = re.compile(
    r"(?:on|am|le|el|il|em|op|den|dnia|w dniu|pe|vào|at|в|on)\b.{0,60}\d|[在于於]\s?\d|\d{1,4}[年./-]|"
    r"[^\W\d]{2,10}[.,]{1,2}\s.{0,30}\d",
    re.IGNORECASE,
)


def start_of(lines: Sequence[str], end: int) -> tuple[int, bool] | None:
    """If an attribution ends on line *end*: where it starts, and whether it is certain (a date, and a time or address).

    A doubtful one counts only above lines that are visibly quoted: "John wrote:" is also how people tell stories.
    """
    text = lines[end].strip(" \t\xa0*_")
    if not text.endswith(_ENDS) or len(text) > _LONGEST or not text.strip("-‐:： "):
        return None
    start, doubtful = end, False
    while True:
        verdict = _verdict(text)
        if verdict:
            return _with_opening(lines, start), True
        doubtful = doubtful or verdict is False
        start -= 1
        above = lines[start].strip(" \t\xa0*_") if start >= 0 else ""
        if not above or above.startswith(">") or above.endswith(_SENTENCE_ENDS) or len(above) + len(text) > _LONGEST:
            break
        if end - start >= _MOST_LINES:
            break
        text = f"{above} {text}"
    return (_with_opening(lines, end), False) if doubtful else None


def _verdict(text: str) -> bool | None:
    wrote = _WROTE.search(text)
    if text.endswith(("-", "‐")) and not (wrote and text.startswith(("--", "‐‐"))):
        return None
    has_address = _ADDRESS.search(text) is not None
    dated = _DATE.search(text) is not None
    if wrote:
        if (dated and (has_address or _TIME.search(text))) or (has_address and text.startswith("--")):
            return True
        return False if has_address or dated or text[wrote.end() :].strip(" :：-") == "" else None
    return True if dated and _TIME.search(text) and _ADDRESS_LAST.search(text) else None


def _with_opening(lines: Sequence[str], start: int) -> int:
    above = lines[start - 1].strip() if start > 0 else ""
    return start - 1 if len(above) < 100 and not above.endswith(_SENTENCE_ENDS) and _OPENING.match(above) else start
