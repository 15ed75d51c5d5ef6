"""Which language to answer in: what the script shows, what the mail says of itself, or nothing.

Called by `reading`.
"""

from __future__ import annotations

import re

from contact_center.channels.email.headers import Headers

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"\s*([a-z]{2,3})(?:[-_][A-Za-z]+)*\s*(?:,|;|$)", re.IGNORECASE)
_JAPANESE = re.compile(r"iso-2022-jp|shift.?jis|x-sjis|euc-jp|windows-31j", re.IGNORECASE)
_SAMPLE = 4_000


def guess(words: str, headers: Headers) -> str | None:
    """`zh`, `ja`, `ko` by script; else what Content-Language says; None if unknown."""
    if not words.isascii():
        sample = words[:_SAMPLE]
        letters = len(_LETTER.findall(sample)) or 1
        han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
        if kana * 20 > letters:
            return "ja"
        if hangul * 5 > letters:
            return "ko"
        if han * 6 > letters:  # one Han character says as much as three or four Latin ones
            return "ja" if _JAPANESE.match(headers.hint or "") else "zh"
    stated = _TAG.match(headers.text("content-language")) if "content-language" in headers else None
    return stated[1].lower() if stated else None
