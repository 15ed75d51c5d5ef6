"""Notes about a customer."""

from __future__ import annotations

import pytest
from flask import Flask

from contact_center.customers import notes
from contact_center.errors import IllegalMove, Invalid, NotAllowed, Stale
from tests import factories


def test_it_keeps_pinned_notes_on_top_and_the_newest_next(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    first, second, third = (notes.add(greta, ada, text) for text in ("one", "two", "three"))
    notes.pin(first, ada)
    assert notes.of(greta) == [first, third, second]
    notes.pin(first, ada, is_pinned=False)
    assert notes.of(greta) == [third, second, first]


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "x" * 10_001])
def test_it_refuses_an_empty_or_endless_note(app: Flask, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        notes.add(factories.greta(), factories.ada(), text)
    assert "text" in refused.value.fields


def test_it_lets_only_the_author_mend_or_remove_a_note(app: Flask) -> None:
    ada, lee, greta = factories.ada(), factories.lee(), factories.greta()
    note = notes.add(greta, ada, "Prefers calls after nine")
    for attempt in (lambda: notes.edit(note, lee, "Never call"), lambda: notes.remove(note, lee)):
        with pytest.raises(NotAllowed):
            attempt()
    notes.edit(note, ada, "Prefers calls after ten", seen="Prefers calls after nine")
    assert note.text == "Prefers calls after ten"


def test_it_refuses_to_overwrite_a_note_that_has_changed(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    note = notes.add(greta, ada, "one")
    notes.edit(note, ada, "two", seen="one")
    with pytest.raises(Stale) as stale:
        notes.edit(note, ada, "three", seen="one")
    assert stale.value.difference == {"text": ("three", "two")}


def test_it_brings_a_removed_note_back_for_its_author_only(app: Flask) -> None:
    ada, lee, greta = factories.ada(), factories.lee(), factories.greta()
    note = notes.add(greta, ada, "Has a dog")
    notes.pin(note, lee)
    gone, written = note.id, note.at
    notes.remove(note, ada)
    assert notes.of(greta) == []
    with pytest.raises(IllegalMove):
        notes.restore(greta, gone, lee)
    back = notes.restore(greta, gone, ada)
    assert (back.id, back.text, back.at, back.is_pinned) == (gone, "Has a dog", written, True)
    assert notes.restore(greta, gone, ada) is back
