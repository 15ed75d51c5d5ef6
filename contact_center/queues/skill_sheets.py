"""Skills of people as a table: written for a spreadsheet, and read back with whatever a spreadsheet made of it.

Two shapes are understood: a column for each skill, or one line for each person and skill. Reading changes nothing: it
says what would change and what cannot be understood, line by line; `skills.set_levels` then does it, all or none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import func, select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues import skills
from contact_center.queues.models import Skill
from contact_center.text import spreadsheets
from contact_center.text.lines import one_line

MOST_LINES = 20_000
MOST_PROBLEMS = 200
LONGEST = 40  # characters of a skill's name
_NAMES = {
    "email": {"email", "mail", "emailaddress", "address", "邮箱", "邮箱地址", "电子邮件", "电子邮箱"},
    "name": {"name", "person", "agent", "employee", "fullname", "姓名", "名字", "坐席", "人员", "员工"},
    "skill": {"skill", "技能"},
    "level": {"level", "proficiency", "等级", "级别", "水平", "熟练度"},
}
_NOT_LETTERS = re.compile(r"[\W_]+")
_LEVEL = re.compile(r"([0-5])(?:[.,]0+)?")
_NOTHING = {"-", "–", "—", "−", "/"}
Line = tuple[int, Sequence[str], str]  # where it begins, its cells, why it cannot be read


@dataclass(frozen=True, slots=True)
class Change:
    """One level that would become another; 0 is "does not have it"."""

    agent_id: int
    person: str
    skill: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    words: str


@dataclass(slots=True)
class Sheet:
    """What a file comes to: nothing is changed yet."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    new_skills: list[str] = field(default_factory=list)
    people: int = 0
    same: int = 0

    def wrong(self, line: int, words: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, words))


def written() -> str:
    """All active people with their levels, as CSV with the mark by which Excel knows UTF-8."""
    people = list(db.session.scalars(select(Agent).where(Agent.active).order_by(func.lower(Agent.name), Agent.id)))
    listed = skills.listed()
    levels = skills.levels([agent.id for agent in people])
    head = spreadsheets.line([_("E-mail"), _("Name"), *(skill.name for skill in listed)])
    body = (
        spreadsheets.line([agent.email, agent.name, *(levels.get((agent.id, skill.id)) for skill in listed)])
        for agent in people
    )
    return spreadsheets.BOM + head + "".join(body)


def read(headers: Sequence[str], lines: Iterable[Line], header_line: int = 1, *, adds: bool = False) -> Sheet:
    """What a table comes to; with *adds* skills that are not here yet are no mistake but are to be added."""
    sheet = Sheet()
    columns = [_column(header) for header in headers]
    if "email" not in columns and "name" not in columns:
        sheet.wrong(header_line, _("There is no column with people: call it E-mail or Name."))
        return sheet
    known = _Known(adds)
    heads = _heads(headers, columns, sheet, known, header_line)
    wanted: dict[tuple[int, str], tuple[int, int]] = {}  # person and skill -> level, line
    for number, (line, cells, reason) in enumerate(lines):
        if number >= MOST_LINES:
            sheet.wrong(line, _("Not more than %(number)s lines.", number=MOST_LINES))
            break
        if reason:
            sheet.wrong(line, reason)
            continue
        row = [spreadsheets.unsafe(cell).strip() for cell in cells]
        row += [""] * (len(headers) - len(row))
        agent = _person(row, columns, line, sheet, known)
        for skill, typed in _cells(row, columns, heads, line, sheet, known) if agent else ():
            _want(agent, skill, typed, line, wanted, sheet)
    _conclude(sheet, wanted, known)
    return sheet


class _Known:
    """The people and skills there are, found as people type them."""

    def __init__(self, adds: bool) -> None:
        self.adds = adds
        self.by_email: dict[str, Agent] = {}
        self.by_name: dict[str, list[Agent]] = {}
        for agent in db.session.scalars(select(Agent)):
            self.by_email[agent.email.lower()] = agent
            self.by_name.setdefault(_plain(agent.name), []).append(agent)
        self.skills: dict[str, Skill] = {_plain(skill.name): skill for skill in skills.listed()}
        self.new: dict[str, str] = {}  # plain -> as it was typed

    def skill(self, typed: str) -> str | None:
        """The skill's own spelling; None for one that is neither here nor may be added."""
        plain = _plain(typed)
        if plain in self.skills:
            return self.skills[plain].name
        spelt = one_line(typed[:LONGEST], LONGEST)
        if self.adds and spelt and len(typed) <= LONGEST:
            return self.new.setdefault(_plain(spelt), spelt)
        return None


def _column(header: str) -> str:
    """What a column holds; "" is a skill."""
    word = _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", header).lower())
    return next((kind for kind, names in _NAMES.items() if word in names), "")


def _heads(headers: Sequence[str], columns: Sequence[str], sheet: Sheet, known: _Known, line: int) -> Mapping[int, str]:
    """The columns that are a skill each: position -> skill. A long table has none."""
    if "skill" in columns and "level" in columns:
        return {}
    heads: dict[int, str] = {}
    for place, header in enumerate(headers):
        typed = spreadsheets.unsafe(header).strip()
        if columns[place] in ("email", "name") or not typed:
            continue
        skill = known.skill(typed)
        if skill is None:
            sheet.wrong(line, _unknown_skill(typed))
        elif skill in heads.values():
            sheet.wrong(line, _("There are two columns “%(skill)s”.", skill=skill))
        else:
            heads[place] = skill
    return heads


def _person(row: Sequence[str], columns: Sequence[str], line: int, sheet: Sheet, known: _Known) -> Agent | None:
    email, name = (_cell(row, columns, kind) for kind in ("email", "name"))
    if not email and not name:
        if any(row):
            sheet.wrong(line, _("Nobody is named in this line."))
        return None
    if email:
        found = known.by_email.get(email.lower())
        if found is None:
            sheet.wrong(line, _("Nobody here has the address “%(email)s”.", email=email[:100]))
        return found
    called = known.by_name.get(_plain(name), [])
    if len(called) == 1:
        return called[0]
    if called:
        sheet.wrong(line, _("Several people are called “%(name)s”: name them by their address.", name=name[:100]))
    else:
        sheet.wrong(line, _("Nobody here is called “%(name)s”.", name=name[:100]))
    return None


def _cells(
    row: Sequence[str], columns: Sequence[str], heads: Mapping[int, str], line: int, sheet: Sheet, known: _Known
) -> Iterable[tuple[str, str]]:
    """The skills of a line with what is typed for each; what is empty is left as it is."""
    if "skill" in columns and "level" in columns:
        typed = _cell(row, columns, "skill")
        skill = known.skill(typed) if typed else None
        if skill is None:
            sheet.wrong(line, _unknown_skill(typed) if typed else _("No skill is named in this line."))
        elif level := _cell(row, columns, "level"):
            yield skill, level
        return
    for place, skill in heads.items():
        if row[place]:
            yield skill, row[place]


def _want(
    agent: Agent | None, skill: str, typed: str, line: int, wanted: dict[tuple[int, str], tuple[int, int]], sheet: Sheet
) -> None:
    assert agent is not None
    plain = unicodedata.normalize("NFKC", typed).strip()
    found = _LEVEL.fullmatch("0" if plain in _NOTHING else plain)
    if found is None:
        words = _(
            "“%(typed)s” is no level of %(skill)s: write 1 to 5, or 0 to take it away.", typed=typed[:40], skill=skill
        )
        sheet.wrong(line, words)
        return
    level, first = wanted.setdefault((agent.id, skill), (int(found[1]), line))
    if level != int(found[1]):
        sheet.wrong(
            line,
            _("%(name)s has another level of %(skill)s in line %(line)d.", name=agent.name, skill=skill, line=first),
        )


def _conclude(sheet: Sheet, wanted: Mapping[tuple[int, str], tuple[int, int]], known: _Known) -> None:
    ids = {agent_id for agent_id, _skill in wanted}
    names = {agent.id: agent.name for agent in known.by_email.values() if agent.id in ids}
    now = {(row_agent, skill_id): level for (row_agent, skill_id), level in skills.levels(ids).items()}
    skill_ids = {skill.name: skill.id for skill in known.skills.values()}
    for (agent_id, skill), (level, _line) in wanted.items():
        old = now.get((agent_id, skill_ids.get(skill, 0)), 0)
        if old == level:
            sheet.same += 1
        else:
            sheet.changes.append(Change(agent_id, names[agent_id], skill, old, level))
    sheet.changes.sort(key=lambda change: (change.person.lower(), change.skill.lower()))
    needed = {change.skill for change in sheet.changes}
    sheet.new_skills = [skill for skill in known.new.values() if skill in needed]
    sheet.people = len({change.agent_id for change in sheet.changes})


def _cell(row: Sequence[str], columns: Sequence[str], kind: str) -> str:
    return row[columns.index(kind)] if kind in columns else ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _unknown_skill(typed: str) -> str:
    return str(_("There is no skill “%(skill)s”.", skill=typed[:60]))
