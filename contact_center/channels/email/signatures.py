"""Signatures that programs mark or write themselves: what follows "-- ", and "Sent from my iPhone" in many languages.

Called by `quoting`. A greeting and a name are the customer's own words and stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 15
_DEVICE = (
    r"(?:iphone|ipad|ipod|mac|apple|android|samsung|galaxy|huawei|honor|xiaomi|redmi|mi |oppo|vivo|oneplus"
    r"|pixel|nokia|sony|htc|lg|"
    r"motorola|blackberry|windows|outlook|yahoo|gmail|aol|gmx|web\.de|proton|mail\.ru|mobile|mobil|phone|handy"
    r"|smartphone|"
    r"téléphone|teléfono|telefon|telefono|telemóvel|celular|tablet|mail|пошт|почт|手机|邮箱|スマートフォン|携帯|휴대)"
)
_SENT_FROM = re.compile(
    rf"(?:sent (?:from|via|with|using)\b.*{_DEVICE}|get outlook for \w+|"
    rf"(?:von |diese nachricht wurde von )?mein\w* .*{_DEVICE}.*gesendet|gesendet (?:von|mit)\b.*{_DEVICE}|"
    rf"envoyé (?:de|depuis|à partir)\b.*{_DEVICE}|télécharge[rz] outlook|"
    rf"enviado (?:desde|do|de|a partir)\b.*{_DEVICE}|obt[eé]n(?:er|ha)? (?:o )?outlook|inviato (?:da"
    rf"|dal)\b.*{_DEVICE}|ottieni outlook|"
    rf"(?:verstuurd|verzonden) (?:vanaf|met|via)\b.*{_DEVICE}|skickat från\b.*{_DEVICE}|hämta outlook|"
    rf"sendt (?:fra|via)\b.*{_DEVICE}|(?:hent|få) outlook|lähetetty\b.*{_DEVICE}|(?:wysłan[eo]"
    rf"|wyślij) z\b.*{_DEVICE}|pobierz outlook|"
    rf"отправлено (?:с|из|через)\b.*{_DEVICE}|{_DEVICE}.*(?:gönderildi|elküldve)|odesláno z\b.*{_DEVICE}|"
    r"(?:发自|发送自|來自|来自|从|從)\s?(?:我的|my)?\s?.{1,24}(?:发送|傳送)?|.{1,24}から送信(?:されました)?"
    r"|나의 .{1,20}에서 보냄|.{1,20}에서 보냄)",
    re.IGNORECASE,
)
_CHINESE_DEVICE = re.compile(
    r"iphone|ipad|android|邮箱|手机|客户端|mail|outlook|foxmail|华为|小米|荣耀|vivo|oppo|三星|微信|钉钉|galaxy",
    re.IGNORECASE,
)
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
    text = line.strip(" \t\xa0-—_[]<>*")
    if not 4 < len(text) <= 80 or _SENT_FROM.fullmatch(text.rstrip(".!。")) is None:
        return False
    return text.isascii() or text[0] not in "发來来从從" or _CHINESE_DEVICE.search(text) is not None


def is_footer(lines: Sequence[str]) -> bool:
    """Whether nothing but a signature or a mailing list's footer stands here."""
    words = [line for line in lines if line.strip()]
    if not words or start_in(words, 0, len(words)) == 0:
        return True
    return len(words) <= _MOST_LINES and _LIST_FOOTER.fullmatch(words[0].strip()) is not None
