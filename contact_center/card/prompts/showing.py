"""Which prompts stand on a card now: the first three rules that hold and that nobody has answered lately.

`summary` calls `with_prompts`; a door that shows the card calls `record`. One statement reads rules and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contact_center import clock
from contact_center.card.models import Tone
from contact_center.card.prompts import actions, conditions, facts, sentences, vocabulary
from contact_center.card.prompts.actions import Action
from contact_center.card.prompts.conditions import Condition
from contact_center.customers import custom
from contact_center.errors import Invalid
from contact_center.orders import accounts
from contact_center.statement import Statement

if TYPE_CHECKING:
    from contact_center.card.summary import Summary

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence for the agent, and what its button does.

    `about` is the one thing it speaks of, as asset:42; `field` is what its rule asks first.
    """

    rule_id: int
    name: str
    sentence: str
    tone: Tone
    action: Action
    about: str
    quiet_days: int
    field: str


_RULES = Statement("""
    SELECT r.id, r.name, r.condition, r.sentence, r.sentence_zh, r.tone, r.action, r.quiet_days,
           (SELECT array_agg(a.about) FROM prompt_answer a
            WHERE a.customer_id = :customer AND a.rule_id = r.id AND a.until > :now) AS answered
    FROM prompt_rule r WHERE r.is_active ORDER BY r.position, r.id
""")


def with_prompts(card: Summary) -> Summary:
    """*card* with its prompts."""
    return replace(card, prompts=for_customer(card))


def for_customer(card: Summary) -> list[Prompt]:
    """The prompts of a card, at most `SHOWN`."""
    rules = _RULES.rows({"customer": card.customer.id, "now": clock.now()})
    asks_custom = any(custom.PREFIX in str(rule.condition) for rule in rules)
    fields = vocabulary.everything() if asks_custom else vocabulary.OURS
    found: list[Prompt] = []
    for rule in rules:
        prompt = _prompt(rule, card, fields)
        if prompt is not None and prompt.about not in (rule.answered or ()):
            found.append(prompt)
            if len(found) == SHOWN:
                break
    return found


def record(card: Summary) -> None:
    """Note where prompts were shown, each once a day; for whoever has put the card before somebody."""
    if card.prompts:
        rules = sorted(prompt.rule_id for prompt in card.prompts)
        _SHOWN.run({"rules": rules, "customer": card.customer.id, "today": accounts.today()})


_SHOWN = Statement("""
    INSERT INTO prompt_showing (rule_id, "on", customer_id)
    SELECT rule_id, CAST(:today AS date), CAST(:customer AS bigint) FROM unnest(CAST(:rules AS bigint[])) AS r (rule_id)
    ON CONFLICT DO NOTHING
""")


def holds(condition: Condition, card: Summary) -> bool:
    """Whether a condition holds of a card."""
    return conditions.judge(condition, lambda one: facts.known(card, one))


def _prompt(rule: Any, card: Summary, fields: Any) -> Prompt | None:
    try:
        condition = conditions.heard(rule.condition, fields)
    except Invalid:  # a field of the firm's own is gone: its page in the settings says so
        return None
    if not holds(condition, card):
        return None
    sentence = sentences.fill(sentences.in_reader(rule.sentence, rule.sentence_zh), card, _narrowed(condition))
    about = _about(condition, card)
    first = next(iter(condition.comparisons)).field.key
    action = actions.heard(rule.action)
    return Prompt(rule.id, rule.name, sentence, Tone(rule.tone), action, about, rule.quiet_days, first)


def _narrowed(condition: Condition) -> str:
    return next((one.of for one in condition.comparisons if one.of), "")


def _about(condition: Condition, card: Summary) -> str:
    abouts = (facts.about(card, one.field.key) for one in condition.comparisons)
    return next(filter(None, abouts), "")


def named(prompts: Sequence[Prompt], rule_id: int, about: str) -> Prompt | None:
    """The prompt of a rule among those that stand there."""
    return next((prompt for prompt in prompts if (prompt.rule_id, prompt.about) == (rule_id, about)), None)
