"""Both languages are complete, and what is filled into a sentence in one is filled into it in the other."""

from __future__ import annotations

import re

from babel.messages.catalog import Message

from contact_center.embedded import messages

_SLOT = re.compile(r"%\((\w+)\)[sd]|\{(\w+(?:\.\w+)?)\}")


def test_every_text_of_the_screens_is_in_the_chinese_catalogue() -> None:
    assert messages.missing(messages.read()) == []


def test_a_translation_fills_in_the_same_things() -> None:
    entries = [entry for entry in messages.read() if entry.id]
    assert entries
    assert [entry.id for entry in entries if not _agrees(entry)] == []


def _agrees(entry: Message) -> bool:
    originals = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
    strings = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    slots = {slot for text in originals for slot in _SLOT.findall(text)}
    filled = [set(_SLOT.findall(text)) for text in strings]
    return all(each <= slots for each in filled) and (set().union(*filled) == slots or not any(strings))
