"""Signatures that programs mark or write themselves: what follows "-- ", and "Sent from my iPhone" in many languages.

Called by `quoting`. A greeting and a name are the customer's own words and stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 15
_DEVICE = (
    r"(?:iphone|ipad|ipod|mac|apple|android|samsung|galaxy|huawei|honor|xiaomi|redmi|mi|oppo|vivo|oneplus|pixel"
    r"|nokia|sony|htc|lg|motorola|blackberry|windows|outlook|yahoo|gmail|aol|gmx|web\.de|proton|mail\.ru|e?mail"
    r"|mobile?|phone|handy|smartphone|tablet|téléphone|teléfono|telefono?|telemóvel|celular|puhelin|telefon"
    r"|пошт\w*|почт\w*|телефон\w*)"
)
_MODEL = r"['’]?\w{0,5}(?: \d{1,3}(?: (?:pro|max|plus|mini|ultra))*)?"
_OPENINGS = (
    "sent (?:from|via|with|using)",
    "gesendet (?:von|mit)",
    "envoyé (?:de|depuis|à partir)",
    "enviado (?:desde|do|de|a partir)",
    "inviato (?:da|dal)",
    "(?:verstuurd|verzonden) (?:vanaf|met|via)",
    "skickat från",
    "sendt (?:fra|via)",
    "lähetetty",
    "wysłan[eo] z",
    "odesláno z",
    "trimis de pe",
    "отправлено (?:с|из|через)",
    "надіслано з",
)
_SENT_FROM = re.compile(
    rf"(?:{'|'.join(_OPENINGS)}) .*\b{_DEVICE}{_MODEL}"
    rf"|(?:von |diese nachricht wurde von )?mein\w* .*{_DEVICE}{_MODEL} (?:aus )?gesendet"
    rf"|.*{_DEVICE}{_MODEL} (?:gönderildi|elküldve)"
    r"|(?:get|télécharge[rz]|obt[eé]n(?:er|ha)?|ottieni|hämta|hent|få|pobierz|hanki|holen sie sich)"
    r" (?:o )?outlook.{0,30}"
    r"|(?:发自|发送自|來自|来自|从|從)\s?(?:我的|my)?\s?.{1,24}(?:发送|傳送)?"
    r"|.{1,24}から送信(?:されました)?|.{1,24}에서 보냄",
    re.IGNORECASE,
)
# One of these is in every such line: most lines need no closer look.
_SOUNDS = tuple(
    "sent gesendet envoyé enviado inviato verstuurd verzonden skickat sendt lähetetty wysłan odesláno trimis отправлено"
    " надіслано gönderildi elküldve outlook から送信 에서 发自 发送自 來自 来自 从 從".split()
)
_CHINESE_DEVICE = re.compile(
    r"iphone|ipad|android|邮箱|手机|客户端|mail|outlook|foxmail|华为|小米|荣耀|vivo|oppo|三星|微信|钉钉|galaxy",
    re.IGNORECASE,
)
_LINK = re.compile(r"[<(\[]https?://[^\s<>]{1,300}[>)\]]")
_LIST_FOOTER = re.compile(r"_{20,}|-{40,}")


def start_in(lines: Sequence[str], start: int, end: int) -> int:
    """The line where the signature of lines[start:end] begins; *end* if there is none."""
    last = end - 1
    while last >= start and not lines[last].strip():
        last -= 1
    for at in range(last, max(start, last - _MOST_LINES) - 1, -1):
        if lines[at].rstrip(" \t\r\xa0") == "--":
            return at
    found = end
    while last >= start and is_sent_from(lines[last]):
        found = last
        last -= 1
        while last >= start and not lines[last].strip():
            last -= 1
    return found


def is_sent_from(line: str) -> bool:
    """A line written by a telephone or a mail service, not by its owner."""
    text = _LINK.sub("", line).strip(" \t\xa0-—_[]<>*")
    if not 4 < len(text) <= 80 or not _sounds_like_one(text) or _SENT_FROM.fullmatch(text.rstrip(".!。")) is None:
        return False
    return text.isascii() or text[0] not in "发來来从從" or _CHINESE_DEVICE.search(text) is not None


def _sounds_like_one(text: str) -> bool:
    lowered = text.lower()
    return any(sound in lowered for sound in _SOUNDS)


def is_footer(lines: Sequence[str]) -> bool:
    """Whether nothing but a signature or a mailing list's footer stands here."""
    words = [line for line in lines if line.strip()]
    if not words or start_in(words, 0, len(words)) == 0:
        return True
    return len(words) <= _MOST_LINES and _LIST_FOOTER.fullmatch(words[0].strip()) is not None
