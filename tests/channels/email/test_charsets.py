"""Every charset of the world's mail is readable, whatever its label says; and a guess is never made silently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import charsets
from contact_center.text import sayings
from tests.channels.email.mails import read, read_bytes

CHINESE = "您好，我的订单还没有收到，请帮我查询一下。谢谢！"
TAIWANESE = "您好，我的訂單還沒有收到，請幫我查詢一下。謝謝！"
JAPANESE = "お世話になっております。注文した商品がまだ届いていません。"
KOREAN = "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다."
RUSSIAN = "Здравствуйте, мой заказ ещё не пришёл. Помогите, пожалуйста."
GERMAN = "Guten Tag, meine Bestellung über 3 Stück ist nicht angekommen. Grüße, Jörg Müller"
FRENCH = "Bonjour, ma commande n'est pas arrivée à ce jour. Ça va être réglé ?"

HONEST = [
    (CHINESE, "gb2312", "gb2312"),
    (CHINESE, "gb18030", "GBK"),
    (CHINESE, "gb18030", "GB18030"),
    (CHINESE, "hz", "HZ-GB-2312"),
    (CHINESE, "utf-8", "UTF-8"),
    (CHINESE, "utf-7", "unicode-1-1-utf-7"),
    (CHINESE, "utf-16", "utf-16"),
    (TAIWANESE, "big5", "Big5"),
    (TAIWANESE, "big5hkscs", "big5-hkscs"),
    (JAPANESE, "cp932", "Shift_JIS"),
    (JAPANESE, "euc_jp", "EUC-JP"),
    (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
    (KOREAN, "cp949", "ks_c_5601-1987"),
    (KOREAN, "euc_kr", "EUC-KR"),
    (KOREAN, "iso2022_kr", "ISO-2022-KR"),
    (RUSSIAN, "koi8_r", "KOI8-R"),
    (RUSSIAN, "cp1251", "windows-1251"),
    (RUSSIAN, "iso8859_5", "ISO-8859-5"),
    (GERMAN, "latin-1", "iso-8859-1"),
    (FRENCH, "cp1252", "windows-1252"),
    ("Příliš žluťoučký kůň", "cp1250", "windows-1250"),
    ("Γειά σου Κόσμε", "cp1253", "windows-1253"),
    ("İstanbul'da yağmur", "cp1254", "iso-8859-9"),
    ("שלום עולם", "cp1255", "windows-1255"),
    ("مرحبا بالعالم", "cp1256", "windows-1256"),
    ("สวัสดีชาวโลก", "cp874", "tis-620"),
]
LIES = [None, "us-ascii", "iso-8859-1", "x-unknown", "utf-8"]
GUESSABLE = [
    (CHINESE, "gb18030"),
    (CHINESE, "utf-8"),
    (TAIWANESE, "big5"),
    (JAPANESE, "cp932"),
    (JAPANESE, "euc_jp"),
    (KOREAN, "cp949"),
    (RUSSIAN, "koi8_r"),
    (RUSSIAN, "cp1251"),
]


@pytest.mark.parametrize(("text", "codec", "label"), HONEST)
def test_it_reads_what_is_labelled_right_and_does_not_call_it_a_guess(text: str, codec: str, label: str) -> None:
    assert charsets.decode(text.encode(codec), label) == (text, None)


@pytest.mark.parametrize("label", LIES)
@pytest.mark.parametrize(("text", "codec"), GUESSABLE)
def test_it_reads_what_is_labelled_wrong_or_not_at_all_and_says_so(text: str, codec: str, label: str | None) -> None:
    found, guess = charsets.decode(text.encode(codec), label)
    assert found == text
    assert guess is not None or (codec == "utf-8" and label == "utf-8")


@pytest.mark.parametrize("text", [GERMAN, FRENCH])
@pytest.mark.parametrize("label", LIES)
def test_it_reads_western_letters_under_any_western_label(text: str, label: str | None) -> None:
    assert charsets.decode(text.encode("cp1252"), label)[0] == text


@pytest.mark.parametrize("text", [CHINESE, TAIWANESE, KOREAN])
def test_it_doubts_a_chinese_label_over_another_script(text: str) -> None:
    codec = {CHINESE: "utf-8", TAIWANESE: "big5", KOREAN: "cp949"}[text]
    assert charsets.decode(text.encode(codec), "gb2312")[0] == text


@pytest.mark.parametrize("word", ["张三", "联通", "图.png", "发票"])
def test_it_reads_a_word_or_two_of_unlabelled_gbk(word: str) -> None:
    assert charsets.decode(word.encode("gbk"), None)[0] == word


def test_it_reads_a_few_unlabelled_western_letters() -> None:
    assert charsets.decode("Müller".encode("latin-1"), None)[0] == "Müller"


def test_it_knows_the_vendor_characters_of_japanese_windows() -> None:
    assert charsets.decode("①㈱髙橋".encode("cp932"), "Shift_JIS") == ("①㈱髙橋", None)
    shifted = b"\x1b$B-!-j\x1b(B and \x1b$B$3$s\x1b(B"
    assert charsets.decode(shifted, "iso-2022-jp") == ("①㈱ and こん", None)
    assert charsets.decode(shifted, None) == ("①㈱ and こん", "iso-2022-jp")


def test_it_takes_out_what_no_database_can_hold() -> None:
    assert charsets.decode(b"a\x00b\x07c", "us-ascii")[0] == "abc"
    assert charsets.decode("a\x00中".encode(), "utf-8")[0] == "a中"
    half = charsets.decode(b"+2D0-x", "utf-7")[0]
    assert half == "\ufffdx"


def test_it_keeps_a_text_with_one_broken_byte_and_marks_the_place() -> None:
    damaged = CHINESE[:8].encode() + b"\xff" + CHINESE[8:].encode()
    assert charsets.decode(damaged, "utf-8") == (CHINESE[:8] + "\ufffd" + CHINESE[8:], "utf-8")


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "unicode_escape", "zlib", "rot13", "undefined", "mbcs", "utf-8\x00", "é"]
)
def test_it_never_hands_a_stranger_the_whole_codec_registry(label: str) -> None:
    assert charsets.decode(b"\\u0041 xn--a", label)[0] == "\\u0041 xn--a"


@given(
    st.binary(max_size=300),
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from([label for *_, label in HONEST])),
)
def test_it_makes_clean_text_of_any_bytes(data: bytes, label: str | None) -> None:
    text, _ = charsets.decode(data, label)
    text.encode("utf-8")
    assert "\x00" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gb2312-with-gbk-characters", "发票抬头请写“喆喆商贸”，地址：镕园路５号。"),
        ("hz-encoded", "您好，请帮我查询订单。"),
        ("shift-jis-vendor-characters", "①注文番号 4711\n②㈱髙橋商店"),
        ("iso-2022-jp-vendor-characters", "①注文番号 4711\n㈱"),
        ("korean-ks-c-5601", "안녕하세요. 주문한 상품이 아직 도착하지 않았습니다. 뷁"),
        ("windows-1252-labelled-iso-8859-1", "It costs 499 € – “too much”, I’d say…"),
        ("utf-7", "Schöne Grüße, 3 + 4 = 7"),
        ("utf-16-base64", "Schöne Grüße aus 北京"),
        ("byte-order-mark-and-nul", "The display shows E7 only."),
        ("charset-only-in-meta", "您好，订单没有收到。"),
        ("transfer-encoding-with-comment", "Prüfung läuft"),
    ],
)
def test_it_reads_the_words_of_mails_in_honest_charsets(name: str, words: str) -> None:
    message = read(name)
    assert message.text == words
    assert message.notes == ()


def test_it_says_how_it_read_a_subject_without_a_label() -> None:
    raw = "From: wang@example.cn\nSubject: 冰箱不制冷，请尽快处理\n\nHi".encode("gbk")
    message = read_bytes(raw)
    assert message.subject == "冰箱不制冷，请尽快处理"
    assert [*map(sayings.say, message.notes)] == ["The subject names no character set; it was read as gb18030."]
    assert read("raw-utf-8-headers").notes == ()


@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        (
            "windows-1251-labelled-iso-8859-1",
            "Здравствуйте! Холодильник не работает с воскресенья, помогите, пожалуйста.",
            "cp1251",
        ),
        ("utf-8-labelled-us-ascii", "Wann kommt das Gerät? Ich möchte es möglichst früh.", "utf-8"),
        ("utf-8-labelled-gb2312", "您好，我的订单还没有收到，请帮我查询一下。", "utf-8"),
        ("no-charset-gbk", "您好，我的订单还没有收到，请帮我查询一下。谢谢！", "gb18030"),
        ("unknown-charset-label", "Schöne Grüße aus München", "utf-8"),
        ("few-broken-bytes-in-utf-8", "您好，我的订单还没有\ufffd收到，请帮我查询一下。", "utf-8"),
    ],
)
def test_it_says_how_it_read_a_mail_that_lied_about_its_charset(name: str, words: str, named: str) -> None:
    message = read(name)
    assert message.text == words
    assert len(message.notes) == 1
    assert f"was read as {named}" in sayings.say(message.notes[0])
