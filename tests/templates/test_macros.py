"""The parts that every page is built from, drawn once in each language."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center import clock
from contact_center.config import LANGUAGES

SPECIMEN = (Path(__file__).parent / "specimen.html").read_text()
MACROS = Path("contact_center/templates/_macros.html").read_text()
WILD = "<script>alert('Ä')</script>\" onfocus=\"x"


def draw(app: Flask, language: str) -> str:
    field = SimpleNamespace(
        id="f", name="f", data=WILD, errors=[WILD], flags=SimpleNamespace(required=True),
        widget=SimpleNamespace(input_type="text"), label=SimpleNamespace(text=WILD),
    )  # fmt: skip
    lee = SimpleNamespace(name=WILD)
    presence = SimpleNamespace(state="AWAY", reason=WILD, started_at=clock.now(), because=WILD, by_id=1, by=lee)
    with app.test_request_context(), force_locale(language):
        page = app.jinja_env.from_string(SPECIMEN)
        return page.render(wild=WILD, field=field, presence=presence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_draws_every_part(application: Flask, language: str) -> None:
    assert 'class="tier tier-A"' in draw(application, language)


def test_it_lets_nothing_that_was_typed_become_markup(application: Flask) -> None:
    drawn = draw(application, "en")

    assert "alert(&#39;Ä&#39;)" in drawn
    assert "<script" not in drawn
    assert not re.search(r'<[^>]*\sonfocus="', drawn)


def test_the_specimen_leaves_no_macro_out() -> None:
    public = {name for name in re.findall(r"{%-? macro (\w+)", MACROS) if not name.startswith("_")}

    assert public <= set(re.findall(r"ui\.(\w+)\(", SPECIMEN))
