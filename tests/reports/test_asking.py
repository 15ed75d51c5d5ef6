"""Figures from rows: by every dimension, over time, for whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text

from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.reports import asking, drilling, metrics, sweeping
from contact_center.reports.dimensions import GRAINS
from contact_center.reports.drilling import Part
from contact_center.reports.question import Answer, Question
from contact_center.reports.views import VIEWS
from tests import factories as make
from tests.reports import month


def ask(*keys: str, by: str | None = None, only: tuple[tuple[str, str], ...] = ()) -> Answer:
    return asking.answer(None, Question(keys, by, month.SINCE, month.UNTIL, month.ZONE, only))


def test_every_figure_equals_its_rows(app: Flask) -> None:
    month.write()
    sweeping.rebuild(lambda: None)

    for view in VIEWS.values():
        found = [metric for metric in metrics.registry().values() if metric.view == view.name]
        whole = ask(*(metric.key for metric in found)).total.figures
        for metric in found:
            asked = Question((), None, month.SINCE, month.UNTIL, month.ZONE)
            rows = drilling.rows(None, metric.key, asked, limit=100_000)
            counted = {name: sum(row.counters[name] for row in rows) for name in metric.counters}
            assert counted == whole[metric.key].counters, metric.key
        for by in [*sorted(view.splits), *GRAINS]:
            split = ask(*(metric.key for metric in found), by=by)
            assert split.total.figures == whole, by
            for metric in found:
                if metric.is_level and by in GRAINS:
                    assert split.rows[-1].figures[metric.key] == whole[metric.key], by
                    continue
                for name, number in whole[metric.key].counters.items():
                    assert sum(line.figures[metric.key].counters[name] for line in split.rows) == number, by


def test_rows_are_paged_without_losing_one(app: Flask) -> None:
    month.write()
    sweeping.rebuild(lambda: None)
    asked = Question((), None, month.SINCE, month.UNTIL, month.ZONE, (("channel", "phone"),))
    all_rows = drilling.rows(None, "offered", asked, limit=1_000)
    paged, after = [], None
    while page := drilling.rows(None, "offered", asked, after=after, limit=7):
        paged += page
        after = page[-1].cursor

    assert [row.id for row in paged] == [row.id for row in all_rows]
    assert len(paged) > 20


def test_the_rest_of_a_share_are_those_that_fell_short(app: Flask) -> None:
    month.write()
    asked = Question((), None, month.SINCE, month.UNTIL, month.ZONE)
    late = drilling.rows(None, "service_level_f3", asked, part=Part.REST, limit=1_000)
    in_time = drilling.rows(None, "service_level_f3", asked, part=Part.TOP, limit=1_000)
    figure = ask("service_level_f3").total.figures["service_level_f3"]

    assert len(in_time) == figure.counters["answered_in_time"]
    assert len(late) + len(in_time) == figure.n
    assert not {row.id for row in late} & {row.id for row in in_time}


def test_nobody_sees_figures_of_queues_that_are_not_theirs(app: Flask) -> None:
    month.write()
    lee, root, nils = make.lee(), make.root(), make.nils()
    db.session.execute(text("INSERT INTO team_member (team_id, agent_id) VALUES (901, :lee)"), {"lee": lee.id})
    question = Question(("offered", "occupancy"), "queue", month.SINCE, month.UNTIL, month.ZONE)
    offered = replace(question, metrics=("offered",))

    def seen(viewer: Agent | None) -> dict[str, float | None]:
        return {line.key: line.figures["offered"].value for line in asking.answer(viewer, offered).rows}

    everything = seen(None)
    assert seen(root) == everything
    assert seen(lee) == {key: value for key, value in everything.items() if key in ("901", "902")}
    assert seen(nils) == {}
    sweeping.rebuild(lambda: None)
    assert seen(lee) == {key: value for key, value in everything.items() if key in ("901", "902")}
    with pytest.raises(Invalid, match="does not know the dimension"):
        asking.answer(None, question)


def test_the_night_on_which_clocks_are_put_back_has_25_hours(app: Flask) -> None:
    month.write()
    zone = ZoneInfo(month.ZONE)
    day = (datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 10, 26, tzinfo=zone))
    hours = asking.answer(None, Question(("offered",), "hour", *day, month.ZONE)).rows
    days = asking.answer(None, Question(("offered",), "day", *day, month.ZONE)).rows

    assert [line.name[-5:] for line in hours[1:5]] == ["01:00", "02:00", "02:00", "03:00"]
    assert len({line.key for line in hours}) == len(hours) == 25
    assert [line.name for line in days] == ["2026-10-25"]
    assert sum(line.figures["offered"].n for line in hours) == days[0].figures["offered"].n > 0


def test_questions_without_an_answer_are_told_so(app: Flask) -> None:
    fine = Question(("offered",), "day", month.SINCE, month.UNTIL, month.ZONE)
    for wrong, sentence in (
        (replace(fine, metrics=("luck",)), "no metric"),
        (replace(fine, by="moon"), "Nothing can be split"),
        (replace(fine, zone="Mars/Olympus"), "no time zone"),
        (replace(fine, until=fine.since), "before the beginning"),
        (replace(fine, by="quarter-hour", since=fine.since.replace(year=2020)), "too fine"),
        (replace(fine, only=(("queue", "first"),)), "no number"),
    ):
        with pytest.raises(Invalid, match=sentence):
            asking.answer(None, wrong)


def test_figures_of_calls_leave_out_what_is_written(app: Flask) -> None:
    month.write()
    sweeping.rebuild(lambda: None)
    every, calls = ask("asa", "aht", "abandonment"), ask("asa_calls", "aht_calls", "abandonment_calls")
    alone = ask("asa", "aht", "abandonment", only=(("channel", "phone"),))

    for key in ("asa", "aht", "abandonment"):
        told = calls.total.figures[f"{key}_calls"]
        assert (told.value, told.n) == (alone.total.figures[key].value, alone.total.figures[key].n)
        assert told.value != every.total.figures[key].value
    by_channel = {line.key: line.figures["asa_calls"] for line in ask("asa_calls", by="channel").rows}
    assert list(by_channel) == ["phone"]
    written = Question((), None, month.SINCE, month.UNTIL, month.ZONE)
    assert {row.channel for row in drilling.rows(None, "asa_calls", written, limit=1_000)} == {"phone"}
