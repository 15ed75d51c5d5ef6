"""What a search shows of a text begins with a whole word, and is short."""

from __future__ import annotations

from contact_center.text import snippets

LONG = "Look behind the door seal first. Wipe it dry and look for coins. If it goes on leaking, book a visit of ours."


def test_the_words_in_front_of_what_was_found_are_whole() -> None:
    said = str(snippets.of(LONG, snippets.pattern("leaking")))

    assert said == "…Wipe it dry and look for coins. If it goes on leaking, book a visit of ours."


def test_what_is_found_at_once_begins_with_the_beginning() -> None:
    assert str(snippets.of(LONG, snippets.pattern("door"))) == LONG


def test_a_text_without_gaps_is_cut_anywhere() -> None:
    said = str(snippets.of("洗" * 60 + "漏水", snippets.pattern("漏水")))

    assert said == "…" + "洗" * 50 + "漏水"


def test_words_that_are_everywhere_are_not_marked_beside_others() -> None:
    marks = snippets.pattern("Where is the water?")

    assert [text for text, is_asked in snippets.of("The hose: where the water is.", marks).parts if is_asked] == [
        "water"
    ]
    assert snippets.pattern("who") is not None
