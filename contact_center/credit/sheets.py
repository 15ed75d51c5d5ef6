"""Score sheets: factors of a template, weighted to a total and a grade. A sheet is written once; the newest holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit.models import CreditSettings, CreditSheet, Template
from contact_center.customers.models import Customer
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import amounts
from contact_center.text.lines import one_line

FACTORS: dict[Template, tuple[str, ...]] = {
    Template.FIVE_C: ("character", "capacity", "capital", "collateral", "conditions"),
    Template.FIVE_P: ("person", "payment", "purpose", "protection", "prospect"),
    Template.SIX_A: ("economic", "technical", "managerial", "organisational", "commercial", "financial"),
}
GRADES = ("AAA", "AA", "A", "B", "C")
LOWEST = "D"
MAX_COMMENT = 1000


def settings() -> CreditSettings:
    """The weights and grades; the migration has written the row."""
    return db.session.get_one(CreditSettings, 1)


def total_of(scores: Mapping[str, int], weights: Mapping[str, int]) -> Decimal:
    """The weighted mean of the scores, to two places."""
    weight = sum(weights[factor] for factor in scores)
    return (Decimal(sum(scores[f] * weights[f] for f in scores)) / weight).quantize(Decimal("0.01"))


def grade_of(total: Decimal, grades: Mapping[str, int]) -> str:
    """The first grade whose least total is reached."""
    return next((grade for grade in GRADES if grade in grades and total >= grades[grade]), LOWEST)


def add(customer: Customer, agent: Agent, template: str, typed: Mapping[str, str], comment: str = "") -> CreditSheet:
    """Write a sheet. Raises Invalid with a sentence per factor."""
    chosen, wrong = _template(template), {}
    scores: dict[str, int] = {}
    for factor in FACTORS[chosen]:
        try:
            scores[factor] = amounts.whole(typed.get(factor, ""), 0, 100)
        except ValueError as error:
            wrong[factor] = str(error)
    try:
        comment = one_line(comment, MAX_COMMENT)
    except ValueError as error:
        wrong["comment"] = str(error)
    Invalid.raise_for(wrong)
    rules = settings()
    weights = rules.weights[chosen]
    total = total_of(scores, weights)
    sheet = CreditSheet(
        customer_id=customer.id, template=chosen, scores=scores, weights=weights, total=total,
        grade=grade_of(total, rules.grades), comment=comment, agent_id=agent.id, at=clock.now(),
    )  # fmt: skip
    db.session.add(sheet)
    db.session.flush()
    log.record(Name.CREDIT_GRADED, customer, agent, grade=sheet.grade, total=str(total), template=str(chosen))
    return sheet


def newest(customer_id: int, limit: int = 10) -> list[CreditSheet]:
    """The sheets of a customer, newest first."""
    asked = select(CreditSheet).where(CreditSheet.customer_id == customer_id).order_by(CreditSheet.id.desc())
    return list(db.session.scalars(asked.limit(limit).options(joinedload(CreditSheet.author).options(lazyload("*")))))


def change_settings(agent: Agent, version: int, typed: Mapping[str, str]) -> bool:
    """Take over weights (`5C.character`, 0–100) and least totals (`grade.AAA`). Raises Invalid, Stale."""
    row = db.session.scalars(select(CreditSettings).with_for_update().execution_options(populate_existing=True)).one()
    if row.version != version:
        raise Stale(_("Somebody changed the settings meanwhile. Look at them again."), {})
    weights, grades = _read_settings(typed)
    if (weights, grades) == (row.weights, row.grades):
        return False
    changes = {"weights": [row.weights, weights], "grades": [row.grades, grades]}
    row.weights, row.grades, row.version = weights, grades, row.version + 1
    log.record(Name.CREDIT_SETTINGS_CHANGED, None, agent, changes=changes)
    return True


def _read_settings(typed: Mapping[str, str]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    wrong: dict[str, str] = {}

    def read(name: str) -> int:
        try:
            return amounts.whole(typed.get(name, ""), 0, 100)
        except ValueError as error:
            wrong[name] = str(error)
            return 0

    weights = {
        str(template): {factor: read(f"{template}.{factor}") for factor in factors}
        for template, factors in FACTORS.items()
    }
    grades = {grade: read(f"grade.{grade}") for grade in GRADES}
    for template, factors in weights.items():
        if not wrong and not any(factors.values()):
            wrong[f"{template}.{next(iter(factors))}"] = _("At least one factor must count.")
    least = [grades[grade] for grade in GRADES]
    if not wrong and sorted(set(least), reverse=True) != least:
        wrong["grade.AAA"] = _("Each grade must begin above the next one.")
    Invalid.raise_for(wrong)
    return weights, grades


def _template(typed: str) -> Template:
    if typed not in list(Template):
        sentence = _("Choose a score sheet.")
        raise Invalid(sentence, {"template": sentence})
    return Template(typed)
