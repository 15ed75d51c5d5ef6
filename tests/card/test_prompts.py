"""Prompts: what a rule may say, whom it is shown for, and that the card and the dry run mean the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card import summary
from contact_center.card.models import Answer, PromptRule, Tone
from contact_center.card.prompts import (
    actions,
    answering,
    conditions,
    facts,
    querying,
    rules,
    sentences,
    showing,
    vocabulary,
)
from contact_center.card.prompts.actions import Act, Action
from contact_center.card.prompts.conditions import Comparison, Condition
from contact_center.card.prompts.vocabulary import VALUELESS, Field, Kind, Of, Op
from contact_center.card.summary import Summary
from contact_center.customers import custom
from contact_center.customers.models import Customer
from contact_center.entitlements import assets
from contact_center.errors import AlreadyTaken, Invalid
from contact_center.orders import products
from contact_center.putting.rows import Known
from contact_center.tickets import tasks
from tests import factories
from tests.card.firm import Firm

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NARROWED = {Of.NOTHING: ("",), Of.CURRENCY: ("", "EUR", "CNY"), Of.DAYS: ("30", "90", "365")}


@pytest.fixture(autouse=True)
def noon() -> object:
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def root(app: Flask) -> Agent:
    return factories.root()


@pytest.fixture
def greta(app: Flask) -> Customer:
    return factories.greta()


def only(*drafts: rules.Draft, by: Agent) -> list[PromptRule]:
    """These rules and no others."""
    for rule in rules.listed():
        rules.remove(rule, by)
    return [rules.add(draft, by) for draft in drafts]


def draft(name: str = "Warranty", field: str = "warranty_days", op: str = "le", value: Any = "30", **more: Any) -> Any:
    condition = conditions.read([{"field": field, "op": op, "value": value}], vocabulary.everything())
    told = {"sentence": "Say {name}", "sentence_zh": "", "tone": Tone.OFFER, "action": Action(), "quiet_days": 30}
    return rules.Draft(name=name, condition=condition, is_active=True, **{**told, **more})


def fridge(customer: Customer, number: str = "A-1", days: int = 10) -> int:
    until = (NOON + days * DAY).date().isoformat()
    row = assets.put(number, customer=Known(customer.id), name=f"Fridge {number}", warranty_until=until).row
    return int(row.id)


def some_value(chance: random.Random, field: Field, op: Op) -> Any:
    if op in VALUELESS:
        return None
    if field.kind is Kind.CHOICE:
        return chance.sample(field.choices, k=chance.randint(1, len(field.choices)))
    if field.kind is Kind.YES_NO:
        return chance.choice(("yes", "no"))
    if field.kind is Kind.TEXT:
        return chance.choice(("Hamburg", "HAMB", "上", "'; DROP TABLE customer --", "%", "o'b", "Blue Team"))
    if field.kind is Kind.DAY:
        return str(chance.choice((0, 6, 30, 300)))
    return str(chance.choice((-2, 0, 1, 2, 3.5, 7, 10, 14, 30, 90, 120, 365, 1000)))


def some_condition(chance: random.Random, fields: dict[str, Field]) -> Condition:
    rows = []
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        field = fields[chance.choice(sorted(fields))]
        op = chance.choice(field.ops)
        rows.append({
            "field": field.key, "op": op.value, "of": chance.choice(NARROWED[field.of]),
            "value": some_value(chance, field, op), "join": chance.choice(("and", "or")),
        })  # fmt: skip
    return conditions.read(rows, fields)


def every_value(cards: list[Summary], fields: dict[str, Field]) -> Iterator[Condition]:
    """For each field the conditions that tell all its values on these cards apart."""
    ops = {Kind.NUMBER: Op.EQ, Kind.CHOICE: Op.IN, Kind.YES_NO: Op.IS, Kind.TEXT: Op.IS}
    for field in fields.values():
        op = ops.get(field.kind, Op.KNOWN)
        for of in NARROWED[field.of]:
            probe = Comparison(field, op, None, of)
            for value in {facts.known(card, probe) for card in cards} - {None}:
                said = "yes" if value is True else "no" if value is False else str(value)
                yield conditions.read([{"field": field.key, "op": op, "of": of, "value": said}], fields)


@pytest.mark.parametrize("seed", range(3))
def test_the_dry_run_finds_exactly_those_on_whose_card_it_would_stand(app: Flask, root: Agent, seed: int) -> None:
    firm = Firm(seed, factories.queue("Mail", root))
    cards = [summary.of(customer, root) for customer in firm.customers]
    fields, chance = vocabulary.everything(), random.Random(seed)
    for condition in [*every_value(cards, fields), *(some_condition(chance, fields) for _ in range(100))]:
        mine = sorted(card.customer.id for card in cards if showing.holds(condition, card))
        found = querying.dry(condition)
        assert sorted(row.id for row in found.rows) == mine, conditions.kept(condition)
        assert found.count == len(mine)


def test_card_and_dry_run_know_the_same_fields(app: Flask) -> None:
    assert set(vocabulary.OURS) == facts.KEYS == querying.KEYS


def test_what_is_kept_of_a_condition_reads_as_the_same(app: Flask) -> None:
    fields, chance = vocabulary.everything(), random.Random(7)
    for _ in range(100):
        condition = some_condition(chance, fields)
        assert conditions.heard(conditions.kept(condition), fields) == condition


@pytest.mark.parametrize(
    ("op", "known", "value", "holds"),
    [
        (Op.LE, 10, Decimal(10), True), (Op.LE, None, Decimal(10), False), (Op.GT, 10, Decimal(10), False),
        (Op.NOT_IN, None, ("A",), False), (Op.NOT_IN, "B", ("A",), True), (Op.UNKNOWN, None, None, True),
        (Op.KNOWN, 0, None, True), (Op.CONTAINS, "Straße ÄB", "sTRA", True), (Op.CONTAINS, "ÄB", "ä", False),
        (Op.WITHIN, 0, 7, True), (Op.WITHIN, -1, 7, False), (Op.AGO, -8, 7, True), (Op.AGO, 8, 7, False),
    ],
)  # fmt: skip
def test_a_comparison_holds(op: Op, known: Any, value: Any, holds: bool) -> None:
    assert conditions.holds(Comparison(Field("x", Kind.NUMBER), op, value), known) is holds


def test_each_wrong_part_of_a_condition_has_its_own_sentence(app: Flask) -> None:
    wrong = [
        {"field": "customer; DROP TABLE customer", "op": "le", "value": "1"},
        {"field": "tier", "op": "le", "value": "1"},
        {"field": "tier", "op": "in", "value": ["E"]},
        {"field": "warranty_days", "op": "le", "value": "1e9"},
        {"field": "complaints", "op": "ge", "value": "2", "of": "9000"},
        {"field": "arrears", "op": "ge", "value": "2", "of": "EURO"},
        {"field": "is_rising", "op": "is", "value": "perhaps"},
        {"field": "city", "op": "is", "value": " \x00 "},
    ]
    with pytest.raises(Invalid) as refused:
        conditions.read(wrong, vocabulary.everything())
    assert set(refused.value.fields) == {
        "field_0", "op_1", "value_2", "value_3", "of_4", "of_5", "value_6", "value_7"
    }  # fmt: skip
    assert all(refused.value.fields.values())


def test_a_rule_is_refused_with_a_sentence_for_every_field(app: Flask) -> None:
    form = {"name": " ", "sentence": "x" * 161, "sentence_zh": "{nothing}", "tone": "LOUD", "quiet_days": "0",
            "action_kind": "TASK", "action_days": "-1"}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        rules.read(form, [])
    assert set(refused.value.fields) == {
        "name", "sentence", "sentence_zh", "tone", "quiet_days", "field_0", "action_label", "action_title",
        "action_days",
    }  # fmt: skip


def test_a_button_sets_only_what_the_room_of_customers_takes(app: Flask) -> None:
    for field, value, wrong in (
        ("tier", "A", "action_field"), ("status", "GONE", "action_value"), ("owner_id", "1", "action_field"),
    ):  # fmt: skip
        form = {"action_kind": "FIELD", "action_label": "Set", "action_field": field, "action_value": value}
        with pytest.raises(Invalid) as refused:
            actions.read(form, set())
        assert set(refused.value.fields) == {wrong}


def test_the_first_three_that_hold_are_shown_in_their_order(app: Flask, root: Agent, greta: Customer) -> None:
    made = only(*(draft(name, "status", "in", ["ACTIVE"]) for name in "abcde"), by=root)
    rules.move(made[3], -1, root)
    rules.change(made[0], draft("a", "status", "in", ["FORMER"]), root, made[0].version)
    assert [prompt.name for prompt in summary.of(greta, root).prompts] == ["b", "d", "c"]


def test_an_answer_keeps_a_prompt_away_for_its_quiet_days(app: Flask, root: Agent, greta: Customer) -> None:
    [rule] = only(draft(), by=root)
    first = fridge(greta)
    [prompt] = summary.of(greta, root).prompts
    assert (prompt.sentence, prompt.about) == ("Say Greta Lindqvist", f"asset:{first}")
    said = answering.answer(rule, greta, prompt.about, Answer.DONE, root)
    assert summary.of(greta, root).prompts == []
    with pytest.raises(AlreadyTaken):
        answering.answer(rule, greta, prompt.about, Answer.REFUSED, root)
    answering.take_back(said.id, greta, root)
    assert len(summary.of(greta, root).prompts) == 1


def test_an_answer_about_one_thing_says_nothing_about_another(app: Flask, root: Agent, greta: Customer) -> None:
    [rule] = only(draft(), by=root)
    first = fridge(greta)
    answering.answer(rule, greta, f"asset:{first}", Answer.REFUSED, root)
    second = fridge(greta, "A-2", days=5)
    assert [prompt.about for prompt in summary.of(greta, root).prompts] == [f"asset:{second}"]
    with clock.standing_at(NOON + 31 * DAY):
        third = fridge(greta, "A-3", days=33)
        assert [prompt.about for prompt in summary.of(greta, root).prompts] == [f"asset:{third}"]


def test_it_counts_where_it_was_shown_and_what_came_of_it(app: Flask, root: Agent, greta: Customer) -> None:
    [rule] = only(draft("Active", "status", "in", ["ACTIVE"]), by=root)
    for customer in (greta, greta, factories.bo()):
        showing.record(summary.of(customer, root))
    answering.answer(rule, greta, "", Answer.DONE, root)
    answering.answer(rule, factories.customer("Sam"), "", Answer.REFUSED, root)
    assert rules.counts() == {rule.id: rules.Counts(shown=2, done=1, refused=1)}


def test_a_part_that_came_in_is_told_by_the_task_that_waits_for_it(app: Flask, root: Agent, greta: Customer) -> None:
    only(draft("Part", "part_days", "le", "14", sentence="For {task}"), by=root)
    products.put("P-4412", name="Relay", model="AB-12")
    ticket = factories.ticket(factories.queue("Mail", root))
    tasks.add(ticket, root, "Order relay (AB-12)")
    assert summary.of(greta, root).prompts == []
    with clock.standing_at(NOON + DAY):
        products.put_stock("P-4412", location="Here", quantity="2")
        assert [prompt.sentence for prompt in summary.of(greta, root).prompts] == ["For Order relay (AB-12)"]


def test_a_task_in_another_queue_prompts_nobody_who_may_not_see_it(app: Flask, root: Agent, greta: Customer) -> None:
    only(draft("Due", "task_days", "le", "1", sentence="{task}"), by=root)
    ticket = factories.ticket(factories.queue("Lawyers", root))
    tasks.add(ticket, root, "Secret settlement", due_at=NOON)
    ada = factories.ada()
    assert [prompt.sentence for prompt in summary.of(greta, root).prompts] == ["Secret settlement"]
    assert "Secret" not in str(summary.of(greta, ada).as_json())


def test_a_rule_whose_field_is_gone_shows_nothing(app: Flask, root: Agent, greta: Customer) -> None:
    field = custom.define(root, key="plan", kind="CHOICE", label="Plan", choices="Basic\nFull")
    greta.custom = {"plan": "Full"}
    only(draft("Plan", "custom.plan", "in", ["Full"], sentence="Has {custom.plan}"), by=root)
    assert [prompt.sentence for prompt in summary.of(greta, root).prompts] == ["Has Full"]
    custom.activate(field, root, is_active=False)
    assert summary.of(greta, root).prompts == []


def test_a_sentence_speaks_the_readers_language(app: Flask, root: Agent, greta: Customer) -> None:
    words = {"sentence": "Ends in {warranty_days}: {arrears}", "sentence_zh": "还有 {warranty_days}"}
    only(draft(**words), by=root)
    fridge(greta, days=1)
    assert summary.of(greta, root).prompts[0].sentence == "Ends in 1 day: –"
    with force_locale("zh_Hans_CN"):
        assert summary.of(greta, root).prompts[0].sentence == "还有 1 天"


def test_the_rules_that_come_with_the_product_are_whole(app: Flask) -> None:
    for rule in rules.listed():
        condition = conditions.heard(rule.condition, vocabulary.OURS)
        assert condition.groups
        assert conditions.kept(condition) == rule.condition
        assert not sentences.unknown(rule.sentence + rule.sentence_zh, set())
        action = actions.heard(rule.action)
        assert action.label
        assert action.label_zh
        assert action.kind is not Act.NONE
