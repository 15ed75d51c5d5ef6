"""docs/importing.md tells every column there is, and no other."""

from __future__ import annotations

import re

from flask import Flask

from contact_center.embedded import ROOT
from contact_center.importing.kinds import KINDS

COLUMN = re.compile(r"^\| `([a-z_.]+)` \| (.*?) \| (●?) *\|", re.MULTILINE)


def test_every_column_is_written_down_as_it_is(app: Flask) -> None:
    sections = (ROOT / "docs" / "importing.md").read_text().split("\n### ")[1:]
    assert [section.split("\n")[0] for section in sections] == list(KINDS)
    for kind, section in zip(KINDS.values(), sections, strict=True):
        told = {name: (about.split(".")[0], bool(mark)) for name, about, mark in COLUMN.findall(section)}
        assert told == {name: (str(field.label).split(".")[0], field.needed) for name, field in kind.columns().items()}
