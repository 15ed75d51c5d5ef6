"""Skills of people as a table, with what spreadsheets and people make of it."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center.agents.models import Agent
from contact_center.queues import skill_sheets, skills
from contact_center.queues.skill_sheets import Sheet
from tests import factories


def read(text: str, *, adds: bool = False) -> Sheet:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    return skill_sheets.read(rows[0], [(n, row, "") for n, row in enumerate(rows[1:], 2)], adds=adds)


def changes(sheet: Sheet) -> list[tuple[str, str, int, int]]:
    return [(one.person, one.skill, one.old, one.new) for one in sheet.changes]


@pytest.fixture
def ada(app: Flask) -> Agent:
    root, ada = factories.root(), factories.ada()
    for name in ("French", "粤语"):
        skills.add(name, root)
    return ada


@pytest.mark.parametrize(
    "text",
    [
        "E-mail,Name,French,粤语\nada@norra.example,Ada Brandt,4,2\n",
        "邮箱,姓名,french,粤语\nADA@norra.example,,4.0,２\n",
        "name,FRENCH,粤语\n  ada   brandt ,4,2\n",
        "Person,Skill,Level\nAda Brandt,French,4\nAda Brandt,粤语,2\n",
        "坐席,技能,等级\nAda Brandt,French,4\nAda Brandt,粤语,2\nAda Brandt,French,4\n",
    ],
)
def test_both_shapes_and_both_languages_are_understood(ada: Agent, text: str) -> None:
    sheet = read(text)
    assert sheet.problems == []
    assert changes(sheet) == [("Ada Brandt", "French", 0, 4), ("Ada Brandt", "粤语", 0, 2)]
    assert sheet.people == 1


def test_what_was_written_is_read_back_as_no_change(ada: Agent) -> None:
    root = factories.agent("=HYPERLINK(1)", email="x@norra.example")
    french = skills.listed()[0]
    skills.set_levels({(ada.id, french.id): 4, (root.id, french.id): 1}, {}, ada)
    text = skill_sheets.written()
    assert text.startswith("\ufeff")
    assert "\n=HYPERLINK" not in text
    assert ",=HYPERLINK" not in text
    sheet = read(text)
    assert (sheet.changes, sheet.problems, sheet.same) == ([], [], 2)


def test_empty_leaves_a_level_and_nought_takes_it_away(ada: Agent) -> None:
    french, canto = skills.listed()
    skills.set_levels({(ada.id, french.id): 4, (ada.id, canto.id): 3}, {}, ada)
    assert changes(read("email,French,粤语\nada@norra.example,,0\n")) == [("Ada Brandt", "粤语", 3, 0)]
    assert changes(read("email,French,粤语\nada@norra.example,-,\n")) == [("Ada Brandt", "French", 4, 0)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("email,Klingon\nada@norra.example,4\n", 1, "Klingon"),
        ("email,French,french\nada@norra.example,4,4\n", 1, "two columns"),
        ("email,French\nnobody@norra.example,4\n", 2, "nobody@norra.example"),
        ("name,French\nAda Lovelace,4\n", 2, "Ada Lovelace"),
        ("email,French\n,4\n", 2, "Nobody is named"),
        ("email,French\nada@norra.example,6\n", 2, "no level"),
        ("email,French\nada@norra.example,good\n", 2, "no level"),
        ("email,French\nada@norra.example,=1+3\n", 2, "no level"),
        ("email,French\nada@norra.example,4\nada@norra.example,3\n", 3, "line 2"),
        ("French\n4\n", 1, "no column with people"),
        ("person,skill,level\nAda Brandt,Klingon,3\n", 2, "Klingon"),
        ("person,skill,level\nAda Brandt,,3\n", 2, "No skill"),
    ],
)
def test_each_mistake_is_told_with_its_line(ada: Agent, text: str, line: int, words: str) -> None:
    [problem] = read(text).problems
    assert problem.line == line
    assert words in problem.words


def test_two_people_of_one_name_are_told_apart_by_address(ada: Agent) -> None:
    factories.agent("Ada Brandt", email="other@norra.example")
    assert "Several people" in read("name,French\nAda Brandt,4\n").problems[0].words
    assert changes(read("name,email,French\nAda Brandt,other@norra.example,4\n")) == [("Ada Brandt", "French", 0, 4)]


def test_new_skills_are_added_only_when_that_is_asked_for(ada: Agent) -> None:
    text = "email,Klingon, klingon ,French\nada@norra.example,4,,2\n"
    assert read("email,Klingon\nada@norra.example,4\n").new_skills == []
    sheet = read(text.replace(", klingon ", ",Elvish"), adds=True)
    assert sheet.problems == []
    assert sheet.new_skills == ["Klingon"], "nobody has Elvish"


def test_a_skill_of_nothing_that_can_be_seen_is_a_problem_and_blanks_nobody_sees_make_no_other_one(ada: Agent) -> None:
    text = "name,skill,level\nAda Brandt,\u200b,3\nAda Brandt,Gas\u200bstoves,2\nAda Brandt,Gas stoves,2\n"
    sheet = read(text, adds=True)
    assert ([problem.line for problem in sheet.problems], sheet.new_skills) == ([2], ["Gas stoves"])


def test_a_line_that_cannot_be_read_is_a_problem_of_its_own(ada: Agent) -> None:
    sheet = skill_sheets.read(["email", "French"], [(2, [], "Broken."), (3, ["ada@norra.example", "4"], "")])
    assert [(problem.line, problem.words) for problem in sheet.problems] == [(2, "Broken.")]
    assert len(sheet.changes) == 1


def test_short_and_long_lines_are_no_harm(ada: Agent) -> None:
    assert changes(read("email,French,粤语\nada@norra.example,4\n")) == [("Ada Brandt", "French", 0, 4)]
    assert changes(read("email,French\nada@norra.example,4,5,6,7\n")) == [("Ada Brandt", "French", 0, 4)]


cells = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.lists(st.one_of(st.sampled_from(["email", "name", "skill", "level", "French"]), cells), max_size=5),
    lines=st.lists(
        st.lists(st.one_of(st.sampled_from(["ada@norra.example", "French", "4"]), cells), max_size=6), max_size=5
    ),
    adds=st.booleans(),
)
def test_nothing_in_a_file_breaks_reading(ada: Agent, headers: list[str], lines: list[list[str]], adds: bool) -> None:
    sheet = skill_sheets.read(headers, [(n, line, "") for n, line in enumerate(lines, 2)], adds=adds)
    assert all(0 <= one.new <= 5 and one.old != one.new for one in sheet.changes)
