"""`.env.example` tells the whole truth: every setting of config.py, with the default it really has."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields

import pytest

from contact_center.config import Config
from contact_center.embedded import ROOT

LAUNCHERS_OWN = {"CC_PG_BIN", "CC_VALKEY"}
GIVEN = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
SETTINGS = [field for field in fields(Config) if field.name != "testing"]


def test_it_names_every_setting_and_no_other() -> None:
    assert set(GIVEN) == {field.name.upper() for field in SETTINGS} | LAUNCHERS_OWN


@pytest.mark.parametrize("field", [field for field in SETTINGS if field.default is not MISSING], ids=lambda f: f.name)
def test_it_gives_the_real_default(field: object) -> None:
    assert GIVEN[field.name.upper()] == str(field.default)


def test_it_is_understood_as_a_whole() -> None:
    filled = GIVEN | {"SECRET_KEY": "long enough to sign a session with"}
    assert Config.from_env(filled).brand == Config.brand
