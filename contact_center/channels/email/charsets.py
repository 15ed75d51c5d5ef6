"""Bytes to text for every charset the world's mail is written in, honestly or not.

Called by headers and bodies. Never raises, never returns NUL or a lone surrogate, and says when it had to guess.
Only codecs of the list below are ever used: `idna`, `punycode` and `unicode_escape` are text codecs too, and traps.
"""

from __future__ import annotations

import codecs
import re

from contact_center.channels.email import guessing

# One line per family: codecs tried in turn (a superset stands in for the label), then the labels seen in mail.
_FAMILIES = """
utf-8: utf-8 utf8 utf8mb4 utf-8-sig unicode-1-1-utf-8 x-utf-8 cp65001 csutf8
utf-7: utf-7 utf7 unicode-1-1-utf-7 x-unicode-1-1-utf-7 csutf7
utf-16: utf-16 utf16 unicode ucs-2 iso-10646-ucs-2 csunicode
utf-16-le: utf-16le utf-16-le
utf-16-be: utf-16be utf-16-be
utf-32: utf-32 utf32 ucs-4
gb18030: gb2312 gb-2312 gb2312-80 gb-2312-80 gbk x-gbk gb18030 gb-18030 cp936 ms936 windows-936 euc-cn
gb18030: x-euc-cn chinese csgb2312 csgbk
hz: hz hz-gb-2312 hz-gb2312 x-hz
big5hkscs cp950: big5 big-5 x-x-big5 cn-big5 csbig5 big5-hkscs big5hkscs cp950 ms950 windows-950 x-windows-950
cp932: shift-jis shiftjis sjis x-sjis ms-kanji csshiftjis cp932 ms932 windows-31j windows-932 x-ms-cp932
euc_jp euc_jis_2004: euc-jp eucjp x-euc-jp x-euc x-eucjp eucjp-ms cseucpkdfmtjapanese
iso2022_jp: iso-2022-jp iso2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms csiso2022jp
iso2022_jp: cp50220 cp50221 jis
cp949: ks-c-5601-1987 ks-c-5601 ks-c-5601-1989 ksc5601 ksc-5601 euc-kr euckr x-euc-kr cseuckr cp949 uhc
cp949: windows-949 korean iso-ir-149
iso2022_kr: iso-2022-kr iso2022-kr csiso2022kr
cp1252: us-ascii ascii usascii ansi-x3.4-1968 ansi-x3.4-1986 646 iso-8859-1 iso8859-1 iso88591 8859-1
cp1252: latin1 latin-1 l1 cp819 cp1252 windows-1252 win-1252 x-ansi ansi
iso8859_2: iso-8859-2 iso8859-2 latin2 latin-2 l2
cp1250: windows-1250 cp1250 win-1250 x-cp1250
cp1251: windows-1251 cp1251 win-1251 x-cp1251
iso8859_5: iso-8859-5 iso8859-5 cyrillic
koi8_r: koi8-r koi8r koi8 cskoi8r
koi8_u: koi8-u koi8-ru
cp866: ibm866 cp866 866 dos-866
mac_cyrillic: x-mac-cyrillic
cp1253: windows-1253 cp1253
iso8859_7: iso-8859-7 iso8859-7 greek
cp1254: windows-1254 cp1254 iso-8859-9 iso8859-9 latin5
cp1255: windows-1255 cp1255
iso8859_8: iso-8859-8 iso-8859-8-i iso-8859-8-e iso8859-8 hebrew
cp1256: windows-1256 cp1256
iso8859_6: iso-8859-6 iso-8859-6-i iso-8859-6-e iso8859-6 arabic
cp1257: windows-1257 cp1257
iso8859_4: iso-8859-4 iso8859-4 latin4
iso8859_3: iso-8859-3 iso8859-3 latin3
iso8859_10: iso-8859-10 iso8859-10 latin6
iso8859_13: iso-8859-13 iso8859-13
iso8859_14: iso-8859-14 iso8859-14
iso8859_15: iso-8859-15 iso8859-15 latin9 latin-9
iso8859_16: iso-8859-16 iso8859-16
cp1258: windows-1258 cp1258
tcvn viscii cp1258: tcvn viscii
cp874: windows-874 cp874 tis-620 tis620 iso-8859-11 iso8859-11
mac_roman: macintosh mac x-mac-roman x-macroman
cp437: ibm437 cp437
cp850: ibm850 cp850 cp-850
cp852: ibm852 cp852
"""


def _known(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


_CODECS: dict[str, tuple[str, ...]] = {
    label: tuple(codec for codec in family.split() if _known(codec))
    for family, labels in (line.split(": ") for line in _FAMILIES.strip().splitlines())
    for label in labels.split()
}
# In these, plain ASCII bytes may mean something else.
_SHIFTING = frozenset({"utf-7", "hz", "iso2022_jp", "iso2022_kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32"})
# Two bytes a character and no redundancy: almost anything decodes as something.
_EAST_ASIAN = frozenset({"gb18030", "hz", "big5hkscs", "cp932", "euc_jp", "cp949"})
_ASCII_BYTES, _HIGH_BYTES = bytes(range(128)), bytes(range(128, 256))
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff]")
_CONTROL_BYTES = bytes((*range(9), 11, *range(14, 32), 127))


def decode(data: bytes, label: str | None) -> tuple[str, str | None]:
    """The text, and the name of the charset that was used if it is not what *label* promised."""
    if not data:
        return "", None
    names = _CODECS.get(_plain(label)) if label else None
    if data.isascii() and b"\x1b$" not in data and not _may_shift(data, names):
        return data.translate(None, _CONTROL_BYTES).decode("ascii"), None
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return clean(data[len(bom) :].decode(codec, "replace")), None
    if names == ("utf-8",) and b"\x1b$" not in data:
        text = guessing.strictly(data.translate(None, _CONTROL_BYTES), "utf-8")
        if text is not None:
            return text.replace("\ufeff", ""), None
    found, guess = _promised_or_guessed(data, names)
    return clean(found), guess


def clean(text: str) -> str:
    """The text without NUL, controls that nobody types, or half characters: safe for the database and the screen."""
    if text.isprintable():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("", text)


def _may_shift(data: bytes, names: tuple[str, ...] | None) -> bool:
    return names is not None and (names[0] in _SHIFTING or (names[0] == "gb18030" and b"~{" in data))


def _plain(label: str) -> str:
    return label.strip(" \t\"'<>;,").lower().replace("_", "-").removeprefix("charset=")


def _promised_or_guessed(data: bytes, names: tuple[str, ...] | None) -> tuple[str, str | None]:
    escaped = _escaped(data, names)
    if escaped:
        return escaped
    if names is None or (names[0] in _WIDE and b"\x00" not in data):
        return _guessed(data, None)
    text = _promised(data, names)
    if text is None or not _is_plausible(data, text, names[0]):
        return _guessed(data, names[0])
    return text, None


def _escaped(data: bytes, names: tuple[str, ...] | None) -> tuple[str, str | None] | None:
    """Japanese and Korean in seven bits announce themselves, whatever the label says."""
    if b"\x1b$" not in data or (names and names[0] in _WIDE):
        return None
    if b"\x1b$)C" in data:
        return data.decode("iso2022_kr", "replace"), None if names == ("iso2022_kr",) else "iso-2022-kr"
    japanese = guessing.iso_2022_jp(data)
    if japanese is None:
        return None
    return japanese, None if names == ("iso2022_jp",) else "iso-2022-jp"


def _promised(data: bytes, names: tuple[str, ...]) -> str | None:
    if names[0] == "hz" or (data.isascii() and _may_shift(data, names) and names[0] == "gb18030"):
        return guessing.hz(data)
    for name in names:
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return None


def _is_plausible(data: bytes, text: str, codec: str) -> bool:
    """Most codecs read most bytes: whether the outcome can be what was written is another question."""
    if codec == "utf-8" or codec in _SHIFTING:
        return True
    utf8 = guessing.strictly(data, "utf-8")
    if utf8 is not None and guessing.score(utf8) >= guessing.score(text):
        return False
    if codec == "cp1252":  # every sloppy program says so; European texts have a few accents, mislabelled ones many
        high = len(data.translate(None, _ASCII_BYTES))
        return high <= 0.4 * (high + sum(map(str.isalpha, data.translate(None, _HIGH_BYTES).decode("ascii"))))
    return codec not in _EAST_ASIAN or not guessing.is_outlandish(text)


def _guessed(data: bytes, codec: str | None) -> tuple[str, str | None]:
    """The most plausible reading. A text with a few broken bytes stays what its label says."""
    found = guessing.best(data)
    if codec and codec not in ("cp1252", found):
        damaged = data.decode(codec, "replace")
        if 0 < damaged.count("\ufffd") * 10 <= sum(1 for char in damaged if char > "\x7f") and found != "utf-8":
            return damaged, codec
    return data.decode(found, "replace"), None if found == codec and guessing.strictly(
        data, found
    ) is not None else found
