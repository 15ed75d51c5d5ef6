"""What else the archive of the demo holds: the firm's own fields, consents, documents, credit files, fees for repairs.

Called by `installing`, and by plays at the instants at which people would have written it down.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit import limits, sheets, statements
from contact_center.credit.models import Template
from contact_center.customers import consents, custom, documents
from contact_center.customers.models import Customer, PointSource
from contact_center.demo import papers
from contact_center.demo.buyers import Buyer
from contact_center.demo.catalogue import BY_MODEL, RATES
from contact_center.demo.feed import bring_in
from contact_center.demo.sales import Book
from contact_center.demo.steps import Play, World
from contact_center.demo.told import find
from contact_center.entitlements import policies
from contact_center.extensions import db

OVERDRAWN = ("Residenz am Park GmbH", 14_000)  # whose exposure passes the limit
_TIMES = ("Morning 上午", "Afternoon 下午", "Evening 晚间")
_ACCESS = {
    "en": ("Bell in the courtyard", "Lift needs a key", "Third floor, no lift"),
    "zh": ("刷卡电梯", "三楼无电梯", "小区北门进"),
}
_EVIDENCE = {"en": ("Ticked in the shop when ordering", "Said so on the telephone"), "zh": ("下单时勾选", "电话中说明")}
_CONTRACTS = {"en": ("framework-agreement.pdf", "Framework agreement"), "zh": ("框架协议.pdf", "框架采购协议")}


def define_fields(agent: Agent) -> None:
    """The fields that this firm wants beyond the product's own."""
    choices = "\n".join(_TIMES)
    custom.define(
        agent, key="visit_time", kind="CHOICE", label="Best time for visits", label_zh="方便上门时间", choices=choices
    )
    custom.define(agent, key="access", kind="TEXT", label="Way in", label_zh="上门须知", is_searched=True)
    custom.define(agent, key="water_hardness", kind="NUMBER", label="Water hardness, °dH", label_zh="水质硬度 °dH")


def ask_fees(agent: Agent) -> None:
    """Repairs that nothing covers cost something, but not for the best customers."""
    sentence = "A repair outside warranty and contract costs this fee in advance. 保修和合约之外的维修需先付费。"
    policies.add(agent, kind="REPAIR", tiers=["C", "D"], needs="PAID", fee="79", currency="EUR", sentence=sentence)


def surveyed(buyers: Sequence[Buyer], world: World, seed: int) -> Play:
    """Four months ago the fitters wrote down how to get in and when: a second file of customers."""
    yield world.now - timedelta(days=128)
    rng = random.Random(f"{seed}.fields")
    asked = [buyer for buyer in buyers if buyer.is_known and rng.random() < 0.72]
    rows = [{"external_id": buyer.number, **_answers(buyer, rng)} for buyer in asked]
    bring_in("customers", rows, db.session.get_one(Agent, world.colleagues["Robin Admin"]))


def _answers(buyer: Buyer, rng: random.Random) -> dict[str, Any]:
    answers: dict[str, Any] = {"custom.water_hardness": rng.randint(4, 24)}
    if not buyer.is_company:
        answers["custom.visit_time"] = rng.choice(_TIMES)
    if rng.random() < 0.3:
        answers["custom.access"] = rng.choice(_ACCESS[buyer.language])
    return answers


def agreed(buyers: Sequence[Buyer], world: World, seed: int) -> Play:
    """What customers allowed and forbade, some each month; contracts with companies go into the file."""
    rng = random.Random(f"{seed}.consents")
    known = [buyer for buyer in buyers if buyer.is_known and buyer.status == "ACTIVE"]
    some = rng.sample(known, len(known) * 3 // 10)
    for month in range(10):
        yield world.now - timedelta(days=330 - 30 * month, hours=rng.randint(1, 5))
        for buyer in some[month::10]:
            _agree(buyer, world, rng)


def _agree(buyer: Buyer, world: World, rng: random.Random) -> None:
    customer, evidence = find(buyer), rng.choice(_EVIDENCE[buyer.language])
    agent = db.session.get_one(Agent, world.colleagues["陈悦" if buyer.is_chinese else "Nora Hansen"])
    _say(customer, "marketing", agent, evidence, is_granted=rng.random() < 0.7)
    if rng.random() < 0.1:
        _say(customer, "surveys", agent, evidence, is_granted=False)
    if buyer.is_company:
        name, about = _CONTRACTS[buyer.language]
        lines = (
            buyer.name,
            buyer.street,
            f"{buyer.postcode} {buyer.city}",
            "30 days net, 12 % below list / 净 30 天，九折以内",
        )
        content = papers.page(about, lines, buyer.language)
        documents.add(customer, agent, name, "application/pdf", content, about)


def _say(customer: Customer, purpose: str, agent: Agent, evidence: str, *, is_granted: bool) -> None:
    source = PointSource.IMPORT
    consents.record(customer, "email", purpose, agent, is_granted=is_granted, evidence=evidence, source=source)


def overdraw(book: Book, buyers: Sequence[Buyer]) -> None:
    """One company orders more than it may owe, and has not paid for what came before."""
    for buyer in buyers:
        if buyer.name == OVERDRAWN[0]:
            for days in (75, 9):
                wanted = [(BY_MODEL["FrostLine 300"], 8), (BY_MODEL["Dish 14S"], 8)]
                book.sell(buyer, wanted, book.now - timedelta(days=days), pays=False)


def judged(buyers: Sequence[Buyer], world: World, seed: int) -> Iterator[Any]:
    """Supervisors look into the credit of companies: three years of figures, a score sheet, a limit."""
    yield world.now - timedelta(days=40)
    rng = random.Random(f"{seed}.credit")
    firms = [buyer for buyer in buyers if buyer.is_company]
    for place, buyer in enumerate([each for each in firms if each.firm and each.firm.scale != "under 10"][:14]):
        agent = db.session.get_one(Agent, world.colleagues["王敏" if buyer.is_chinese else "Lee Wong"])
        _judge(buyer, agent, list(Template)[place % 3], rng)


def _judge(buyer: Buyer, agent: Agent, template: Template, rng: random.Random) -> None:
    company, today = find(buyer), clock.now().date()
    size, health = rng.randint(400, 5000) * 1000, rng.uniform(0.55, 1.3)
    for years in (3, 2, 1):
        end = date(today.year - years, 12, 31)
        grown = 1 + 0.06 * (3 - years) * (1 if health > 0.8 else -1)
        statements.put(company, agent, _figures(size * grown, health, buyer, end))
    scores = {factor: str(min(97, round(45 + 38 * health + rng.randint(-9, 9)))) for factor in sheets.FACTORS[template]}
    sheets.add(
        company,
        agent,
        template,
        scores,
        "三年财报，付款记录良好" if buyer.is_chinese else "Three years of accounts, payment record",
    )
    amount = (
        OVERDRAWN[1] if buyer.name == OVERDRAWN[0] else 60_000 if buyer.firm and buyer.firm.trend == "great" else 25_000
    )
    local = round(amount / RATES[buyer.currency] / 1000) * 1000
    reason = "按评分核定" if buyer.is_chinese else "By the score sheet"
    limits.put(company, agent, 0, {"amount": str(local), "currency": buyer.currency, "until": "", "reason": reason})


def _figures(size: float, health: float, buyer: Buyer, end: date) -> dict[str, str]:
    """A balance sheet that adds up."""
    current = size * 0.42
    figures = {
        "current_assets": current, "cash": current * 0.22 * health, "inventory": current * 0.3,
        "current_liabilities": current / (1.35 * health), "total_assets": size,
        "total_liabilities": size * 0.62 / health,
        "revenue": size * 1.4, "profit": size * 0.05 * (health - 0.7),
    }  # fmt: skip
    source = "年报" if buyer.is_chinese else "Annual accounts"
    return {name: str(round(value)) for name, value in figures.items()} | {
        "period_end": end.isoformat(), "currency": buyer.currency, "source": source,
    }  # fmt: skip


def watch() -> None:
    """Who has passed their limit by now."""
    last: int | None = 0
    while last is not None:
        last = limits.watch(last)
        db.session.commit()
