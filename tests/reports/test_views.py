"""The views of `bi`: documented to the last column, and readable by a role that may read nothing else."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contact_center.embedded import ROOT
from contact_center.extensions import db
from contact_center.reports import counters, metrics
from contact_center.reports.dimensions import DIMENSIONS
from contact_center.reports.rolled import ROLLED
from contact_center.reports.views import VIEWS
from contact_center.value.settings import CHANNELS, Settings
from tests.reports import month


def columns() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    asked = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'bi'"
    for view, column in db.session.execute(text(asked)):
        found.setdefault(view, set()).add(column)
    return found


def test_every_column_is_documented(app: Flask) -> None:
    said = (ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
    everywhere = set(re.findall(r"`(\w+)`", said.partition("## What all views have")[2].partition("## The views")[0]))
    for view, found in columns().items():
        [told] = re.findall(rf"^.*\*\*bi\.{view}\*\*.*(?:\n(?!\n).*)*", said, re.MULTILINE)
        assert found <= everywhere | set(re.findall(r"`(\w+)`", told)), view


def test_views_have_what_is_asked_of_them(app: Flask) -> None:
    there = columns()
    for metric in metrics.registry().values():
        made_of = {counters.of_row(name) for name in metric.counters}
        words = {word for sql in made_of for word in re.findall(r"[a-z_]+", sql)} & {"wait", "handle", "csat_sum"}
        plain = {sql for sql in made_of if sql.isidentifier()}
        assert plain | words | {metric.at} <= there[metric.view], metric.key
    for view in VIEWS.values():
        assert {DIMENSIONS[key].column for key in view.splits} <= there[view.name]
    for rolled in ROLLED.values():
        assert set(rolled.columns) <= there[rolled.view]


def test_a_role_may_read_the_views_and_nothing_behind_them(app: Flask) -> None:
    month.write()
    said = (ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
    for statement in said.partition("```sql\n")[2].partition("```")[0].splitlines():
        db.session.execute(text(statement.partition("--")[0].replace("'…'", "'bi-test'")))
    db.session.execute(text("SET LOCAL ROLE bi"))

    for view in views_of_role():
        db.session.execute(text(f"SELECT * FROM bi.{view} LIMIT 1"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("SELECT * FROM public.ticket LIMIT 1"))


def views_of_role() -> list[str]:
    asked = "SELECT table_name FROM information_schema.views WHERE table_schema = 'bi'"
    return list(db.session.scalars(text(asked)))


def test_serving_costs_what_the_settings_say_before_anybody_has_changed_them(app: Flask) -> None:
    default = Settings()
    rows = {row.channel: row for row in db.session.execute(text("SELECT * FROM bi.serving"))}

    assert set(rows) == set(CHANNELS)
    for channel, row in rows.items():
        assert row.minute_rate == default.minute_rate
        said = (default.least[channel], default.most[channel], default.charges[channel])
        assert (row.least, row.most, row.charge) == said
