"""Both languages are complete, and what is filled into a sentence in one is filled into it in the other."""

from __future__ import annotations

import re

import pytest

from contact_center.embedded import messages

_SLOT = re.compile(r"%\((\w+)\)[sd]|\{(\w+(?:\.\w+)?)\}")


def test_every_text_of_the_screens_is_in_the_chinese_catalogue() -> None:
    assert messages.missing(messages.read()) == []


@pytest.mark.parametrize("entry", [m for m in messages.read() if m.id], ids=lambda m: str(m.id)[:60])
def test_a_translation_fills_in_the_same_things(entry: object) -> None:
    original, translated = entry.id, entry.string  # type: ignore[attr-defined]
    originals = original if isinstance(original, tuple | list) else (original,)
    strings = translated if isinstance(translated, tuple | list) else (translated,)
    slots = {slot for text in originals for slot in _SLOT.findall(text)}
    for text in strings:
        assert set(_SLOT.findall(text)) <= slots
    assert set().union(*(set(_SLOT.findall(text)) for text in strings)) == slots or not any(strings)
