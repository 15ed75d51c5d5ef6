"""Sentences that are stored once and read in many languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center.text import remarks, sayings
from contact_center.text.sayings import gettext

FULL = "The mailbox of %(address)s is full (%(number)s)."


def test_it_is_shown_in_the_language_of_the_moment_and_read_later_in_another(app: Flask) -> None:
    with force_locale("zh_Hans_CN"):
        sentence = gettext(FULL, address="bo@andersen.example", number="552")
        stored = sayings.keep(sentence)
        assert sentence == sayings.say(stored) != ""
        assert "full" not in sentence
    with force_locale("en"):
        assert sayings.say(stored) == "The mailbox of bo@andersen.example is full (552)."


def test_several_sentences_are_one_stored_text(app: Flask) -> None:
    two = sayings.join(gettext(FULL, address=who, number="552") for who in ("a@b.example", "c@d.example"))
    with force_locale("en"):
        assert sayings.say(sayings.keep(two)).count("is full (552).") == 2
    with force_locale("zh_Hans_CN"):
        assert "）。c@d.example" in sayings.say(sayings.keep(two)), "no space between Chinese sentences"


def test_a_remark_made_without_any_language_is_read_in_every_one(app: Flask) -> None:
    stored = remarks.remark("The text names no character set; it was read as %(charset)s.", charset="gb18030")
    with force_locale("en"):
        assert sayings.say(stored).endswith("read as gb18030.")
    with force_locale("zh_Hans_CN"):
        assert "gb18030" in sayings.say(stored)
        assert "character" not in sayings.say(stored)


@pytest.mark.parametrize("words", ["550 no such user", "", "100 %", '[["%(x)s", {}]]', "[[", '[["', "无此用户"])
def test_words_of_somebody_else_stay_what_they_are(app: Flask, words: str) -> None:
    assert sayings.say(sayings.keep(words)) == words


@pytest.mark.parametrize(
    "stored", ['[["%(missing)s", {}]]', '[["%(x)d", {"x": "y"}]]', '[["100 %", {"x": 1}]]', '[["a"]]']
)
def test_what_another_release_has_stored_is_shown_somehow(app: Flask, stored: str) -> None:
    assert sayings.say(stored)


def test_nothing_stored_says_nothing(app: Flask) -> None:
    assert sayings.say(None) == ""
