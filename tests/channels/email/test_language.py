"""Which language the customer writes, by script or by the mail's own word."""

from __future__ import annotations

import pytest

from tests.channels.email.mails import plain, read, read_bytes


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("您好，我的订单没有收到。", "zh"),
        ("型号 NF-400，谢谢。", "zh"),
        ("お世話になっております。", "ja"),
        ("주문한 상품이 아직 도착하지 않았습니다.", "ko"),
        ("Please deliver to 北京, the fridge is for my parents who live there.", None),
        ("Where is my order?", None),
        ("", None),
    ],
)
def test_it_knows_the_language_by_its_script(words: str, language: str | None) -> None:
    assert read_bytes(plain(words)).language == language


@pytest.mark.parametrize(
    ("stated", "language"), [("en-GB", "en"), ("de", "de"), ("zh-CN, en", "zh"), ("???", None), ("", None)]
)
def test_it_believes_the_header_where_the_script_says_nothing(stated: str, language: str | None) -> None:
    assert read_bytes(plain("Hello", headers=f"Content-Language: {stated}\n")).language == language


def test_it_takes_japanese_kanji_for_japanese_if_the_charset_says_so() -> None:
    assert read("iso-2022-jp-vendor-characters").language == "ja"
