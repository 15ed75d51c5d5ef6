"""Where the copy of an earlier mail begins without ">" in front: separators and blocks of From / Sent / To / Subject.

Called by `quoting`. The words are in `phrasebook`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from contact_center.channels.email import phrasebook

_MOST_LINES = 14

_LABEL = re.compile(r"[\s*_|\xa0\u3000]*([^\s:：|*_][^:：|*_]{0,23}?)[\s*_\xa0\u3000]*(?:[:：]|\|\s)")
_DASHES = "-—–‐‑_=＊*＿─━~ \t\xa0"

_REPLY_ABOVE = re.compile(
    r"(?:reply|write|answer|type)[\w ,']{0,30} above this line|请在(?:此|本|这一?)(?:行|线)(?:以上|上方|之上)"
    r"|請在此(?:行|線)(?:以上|上方)|"
    r"antworten sie (?:bitte )?(?:über|oberhalb) dieser (?:zeile|linie)",
    re.IGNORECASE,
)


def is_reply_marker(line: str) -> bool:
    """Our own "reply above this line", or another desk's."""
    return len(line) < 200 and _REPLY_ABOVE.search(line) is not None


def is_forward_marker(line: str) -> bool:
    """A line that announces a forwarded mail: what follows is what the customer wants us to see."""
    if len(line) > 200:
        return False
    text = line.strip(_DASHES + ":：>").casefold()
    return text in phrasebook.FORWARDED or (
        text.startswith(("forwarded message from ", "forwarded by ")) and not line[0].isalpha()
    )


def is_separator(line: str) -> bool:
    """A line like -----Original Message-----."""
    text = line.strip().replace("&nbsp;", " ")  # QQ writes it into plain text
    is_dashed = len(text) < 120 and not text[:2].strip(_DASHES)
    return is_dashed and text.strip(_DASHES + ":：").casefold() in phrasebook.ORIGINAL


def is_rule(line: str) -> bool:
    """A line of dashes or underscores alone."""
    text = line.strip()
    return len(text) >= 5 and not text.strip(_DASHES)


def is_block(lines: Sequence[str], start: int) -> bool:
    """Whether the headers of a mail stand here: who, when, and a subject or an address.

    Freight papers have From, To and Date as well.
    """
    seen: set[str] = set()
    evidence, strangers = False, 0
    for line in lines[start : start + _MOST_LINES]:
        category = category_of(line)
        if category is None:
            strangers += 1
            if strangers > 3 or not seen:
                break
            continue
        seen.add(category)
        evidence = evidence or category == "subject" or (category == "from" and "@" in line)
        if len(seen) >= 3 and evidence and {"from", "date"} <= seen:
            return True
    return False


def category_of(line: str) -> str | None:
    """Which of from, date, to, cc and subject this line states."""
    match = _LABEL.match(line[:80])
    if match is None:
        return None
    label = match[1].casefold().replace("\xa0", " ").strip()
    return phrasebook.COLUMN_OF_LABEL.get(label) or phrasebook.COLUMN_OF_LABEL.get(
        "".join(label.split())
    )  # Aliyun writes 主　题
