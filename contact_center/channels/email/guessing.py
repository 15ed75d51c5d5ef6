"""Which charset bytes are in when the label is missing or cannot be true; and two charsets Python reads too strictly.

Called by `charsets` only. Each candidate is judged by how ordinary the characters are that it yields: a wrong reading
of Chinese, Japanese, Korean or Russian is made of rare ones.
"""

from __future__ import annotations

import re

_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "koi8_r", "cp1251", "iso8859_5", "cp1252")
_SAMPLE = 600
_ENOUGH = 0.4

_COMMON = frozenset(
    # Chinese, simplified: the most frequent characters, then those of our trade
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法"
    "学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力它与长把机十第公此已工使情明性知全三又关点正业外将两"
    "高间由问很最重并物手应向头文体美相见被利什二等产或新己制身果加西月话合回特代内信表化给世位次度门任常先通教原东提立及比员解水名真论处"
    "各入几口认条平系气题更别打变四总何电数安少报才结反受目太量再感建务做接必场件计管期市直资金指许统区保至便空决科司五基书非听白却界达光"
    "放强难完设式色路记南品住告类求据程北边张该交取望共确传师清今切让识候带导运请谢您订单号快递退款收货客服邮附复票址商购买付账户密码登录"
    "失败收到查询帮订阅更换保修屏幕破损物流息没错误显示"
    # Chinese, traditional
    "這個們來為國說時會對於過發後裡經麼學現當沒動還進樣開從實無與長機業將兩間問並應頭體見產話內給門東聲員論處幾認條係氣題別變總電數報結"
    "務場計資許統區決達強權設記類據張該規萬領確傳師請謝訂單號遞貨購買帳錯誤顯應收訊貴"
    # Japanese
    "様御件注文届返願致申連絡番語込払金額円着壊交換再度担当株式会社"
    # Korean
    "이다는을를에의가고하지기사로한니도자서해어나시일정인리안대주은요습합세문과부수제상구전드라게만들배송환불품번호감녕십받았없있했"
    # Russian and the accents of Western Europe
    "оеаинтсрвл" + "äöüßÄÖÜéèêàçñáíóúâôîœæøåÅØÆ\u2019\u2018\u201c\u201d\u201e\u2013€"
)
_RANGES = (
    (0x0080, 0x009F, -2.0),
    (0x00A0, 0x00BF, 0.1),
    (0x00C0, 0x00FF, 0.5),
    (0x0100, 0x017F, 0.5),
    (0x0386, 0x03CE, 0.5),
    (0x0410, 0x042F, 0.4),
    (0x0430, 0x044F, 0.8),
    (0x05D0, 0x064A, 0.5),
    (0x2010, 0x2026, 0.5),
    (0x3000, 0x303F, 0.6),
    (0x3040, 0x30FF, 1.0),
    (0x4E00, 0x9FFF, 0.25),
    (0xAC00, 0xD7A3, 0.25),
    (0xE000, 0xF8FF, -2.0),
    (0xFF01, 0xFF60, 0.6),
    (0xFF61, 0xFF9F, 0.0),
    (0xFFFD, 0xFFFD, -2.0),
)
_HIGH = re.compile(r"[^\x00-\x7f]+")
# A script changed inside a word, or a capital after a small letter: the mark of a wrong single-byte reading.
_ODD = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]|[\u0430-\u044f][\u0410-\u042f]")

_ESCAPES = re.compile(rb"(\x1b(?:\$[@AB]|\$\([A-Z@]|\([A-Z]|&@))")
_HZ = re.compile(rb"~\{([^~]*(?:~(?!\})[^~]*)*)(?:~\}|$)|~(~|\r?\n)")


def best(data: bytes) -> str:
    """The codec that reads *data* most plausibly; GB 18030 or Windows-1252 if nothing reads well."""
    utf8 = strictly(data, "utf-8")
    if utf8 is not None:
        return "gb18030" if _is_short_gb(data, utf8) else "utf-8"
    scores = {codec: score(text) for codec in _CANDIDATES if (text := strictly(data, codec)) is not None}
    winner = max(scores, key=lambda codec: scores[codec], default="")
    if winner and scores[winner] >= _ENOUGH:
        return winner
    damaged = data.decode("utf-8", "replace")
    if damaged.count("\ufffd") * 4 <= sum(1 for char in damaged if char > "\x7f"):
        return "utf-8"
    return "gb18030" if score(data.decode("gb18030", "replace")) >= _ENOUGH else "cp1252"


def strictly(data: bytes, codec: str) -> str | None:
    """The text, or None if these bytes are not in that charset."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_short_gb(data: bytes, utf8: str) -> bool:
    """A word or two of GBK can be valid UTF-8 by chance (图 reads as ͼ), as two-byte characters only."""
    if len(data) > 24 or max(utf8) >= "\u0800":
        return False
    text = strictly(data, "gb18030")
    return text is not None and score(text) > score(utf8)


def is_outlandish(text: str) -> bool:
    """Whether a text long enough to tell is made of characters hardly anybody writes, as a wrong reading is."""
    chars = "".join(_HIGH.findall(text[:_SAMPLE]))
    ordinary = sum(map(_COMMON.__contains__, chars))
    return len(chars) > 11 and ordinary * 5 < len(chars) and score(text) < _ENOUGH


def score(text: str) -> float:
    """How ordinary the characters beyond ASCII are, from about -2 to 1."""
    chars = "".join(_HIGH.findall(text))[:_SAMPLE]
    if not chars:
        return 0.0
    return (sum(map(_weight, chars)) - len(_ODD.findall(text[: 4 * _SAMPLE]))) / len(chars)


def _weight(char: str) -> float:
    if char in _COMMON:
        return 1.0
    point = ord(char)
    return next((weight for low, high, weight in _RANGES if low <= point <= high), -0.3)


def hz(data: bytes) -> str:
    """HZ: GB pairs in seven bits between ~{ and ~}."""

    def pairs(match: re.Match[bytes]) -> bytes:
        if match[1] is not None:
            return bytes(byte | 0x80 if byte > 0x20 else byte for byte in match[1])
        return b"~" if match[2] == b"~" else b""

    return _HZ.sub(pairs, data).decode("gb18030", "replace")


def iso_2022_jp(data: bytes) -> str | None:
    """ISO-2022-JP with the vendor characters (①, ㈱, 髙) that Windows programs put in; None if it is something else."""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        pass
    if not data.isascii():
        return None
    out, escape = [], b"\x1b(B"
    for chunk in _ESCAPES.split(data):
        if chunk[:1] == b"\x1b":
            escape = chunk
        else:
            out.append(_shifted(chunk, escape))
    return "".join(out)


def _shifted(chunk: bytes, escape: bytes) -> str:
    if escape in (b"\x1b$@", b"\x1b$B"):
        return _as_shift_jis(chunk).decode("cp932", "replace")
    if escape == b"\x1b(I":
        return bytes(byte | 0x80 for byte in chunk).decode("cp932", "replace")
    if escape == b"\x1b$(D":
        return b"".join(b"\x8f" + bytes(b | 0x80 for b in chunk[i : i + 2]) for i in range(0, len(chunk), 2)).decode(
            "euc_jp", "replace"
        )
    if escape[1:2] == b"$":
        codec = "gb2312" if escape == b"\x1b$A" else "euc_kr"
        return bytes(byte | 0x80 for byte in chunk).decode(codec, "replace")
    return chunk.decode("ascii", "replace")


def _as_shift_jis(chunk: bytes) -> bytes:
    out, i = bytearray(), 0
    while i < len(chunk):
        first, second = chunk[i], chunk[i + 1] if i + 1 < len(chunk) else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(first)  # a line end inside the shifted run
            i += 1
            continue
        out.append(((first - 1) >> 1) + (0x71 if first < 0x5F else 0xB1))
        out.append(second + (0x1F + (second >= 0x60) if first & 1 else 0x7E))
        i += 2
    return bytes(out)
