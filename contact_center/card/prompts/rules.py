"""The rules as an administrator keeps them: added, changed, put in order, counted. Verbs never commit.

Called by the settings screen. A rule whose condition does not fit any more (a firm's own field is gone) shows nothing
and says so on its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, delete, func, select

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.card.models import Answer, PromptAnswer, PromptRule, PromptShowing, Tone
from contact_center.card.prompts import actions, conditions, sentences, vocabulary
from contact_center.card.prompts.actions import Action
from contact_center.card.prompts.conditions import Condition
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.text import amounts
from contact_center.text.lines import one_line
from contact_center.tickets import canned

COUNTED = timedelta(days=90)
KEPT_FOR = timedelta(days=400)  # where prompts were shown
MAX_SENTENCE = 160
MOST = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says of a rule, checked."""

    name: str
    condition: Condition
    sentence: str
    sentence_zh: str
    tone: Tone
    action: Action
    quiet_days: int
    is_active: bool

    def columns(self) -> dict[str, Any]:
        return {
            "name": self.name, "condition": conditions.kept(self.condition), "sentence": self.sentence,
            "sentence_zh": self.sentence_zh, "tone": self.tone, "action": self.action.kept(),
            "quiet_days": self.quiet_days, "is_active": self.is_active,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the last `COUNTED` days: on how many cards a rule was shown (each once a day), and what came of it."""

    shown: int = 0
    done: int = 0
    refused: int = 0


def listed() -> Sequence[PromptRule]:
    """All of them, the first to be shown first."""
    return db.session.scalars(select(PromptRule).order_by(PromptRule.position, PromptRule.id)).all()


def counts() -> dict[int, Counts]:
    """What came of each rule lately."""
    since = accounts.today() - COUNTED
    shown = select(PromptShowing.rule_id, func.count()).where(PromptShowing.on >= since).group_by(PromptShowing.rule_id)
    said = select(PromptAnswer.rule_id, PromptAnswer.answer, func.count()).where(
        PromptAnswer.at >= clock.now() - COUNTED
    )
    by_answer = {
        (rule_id, answer): many
        for rule_id, answer, many in db.session.execute(said.group_by(PromptAnswer.rule_id, PromptAnswer.answer))
    }
    by_rule: dict[int, int] = {row[0]: row[1] for row in db.session.execute(shown)}
    return {
        rule_id: Counts(
            by_rule.get(rule_id, 0), by_answer.get((rule_id, Answer.DONE), 0),
            by_answer.get((rule_id, Answer.REFUSED), 0),
        )
        for rule_id in {*by_rule, *(rule_id for rule_id, _answer in by_answer)}
    }  # fmt: skip


def read(form: Mapping[str, str], comparisons: Sequence[Mapping[str, Any]]) -> Draft:
    """A rule out of a form. Raises Invalid with a sentence for every field that is wrong."""
    made: dict[str, Any] = {"is_active": form.get("is_active") == "1"}
    wrong: dict[str, str] = {}
    fields = vocabulary.everything()
    for name, reader in _READERS.items():
        try:
            made[name] = reader(form.get(name, ""))
        except ValueError as error:
            wrong[name] = str(error)
    for name in ("sentence", "sentence_zh"):
        words = sentences.unknown(made.get(name, ""), set(fields))
        if words:
            wrong[name] = _("Nothing is called {%(word)s}.", word=words[0])
    for part, read_part in (
        ("condition", lambda: conditions.read(comparisons, fields)),
        ("action", lambda: actions.read(form, {row.name for row in canned.everything()})),
    ):
        try:
            made[part] = read_part()
        except Invalid as refused:
            wrong |= refused.fields
    Invalid.raise_for(wrong)
    return Draft(**made)


def add(draft: Draft, agent: Agent) -> PromptRule:
    """A new rule, the last in order. Raises Invalid."""
    if len(listed()) >= MOST:
        raise Invalid(_("There are %(most)d rules already; that is the most.", most=MOST), {"name": ""})
    rule = PromptRule(**draft.columns(), position=rows.last_position(PromptRule), changed_at=clock.now())
    with rows.unique(name=_("This name is taken already.")):
        db.session.add(rule)
        db.session.flush()
    log.record(Name.PROMPT_CHANGED, None, agent, rule=rule.id, prompt=rule.name, what="added")
    return rule


def change(rule: PromptRule, draft: Draft, agent: Agent, version: int) -> bool:
    """Change it; False if nothing differed. Raises Stale, Invalid."""
    db.session.refresh(rule, with_for_update=True)
    stale = _("Somebody else has changed this rule in the meantime.")
    changes = rows.change(rule, draft.columns(), version, stale, name=_("This name is taken already."))
    if not changes:
        return False
    rule.changed_at = clock.now()
    db.session.flush()
    log.record(Name.PROMPT_CHANGED, None, agent, rule=rule.id, prompt=rule.name, changes=changes)
    return True


def move(rule: PromptRule, by: int, agent: Agent) -> None:
    """One place up (-1) or down (+1): of several that hold the first ones are shown."""
    if rows.move(rule, by):
        log.record(Name.PROMPT_CHANGED, None, agent, rule=rule.id, prompt=rule.name, what="moved")


def remove(rule: PromptRule, agent: Agent) -> None:
    """Throw it away, with what was answered."""
    log.record(Name.PROMPT_CHANGED, None, agent, rule=rule.id, prompt=rule.name, what="removed")
    db.session.delete(rule)
    db.session.flush()


def history(rule: PromptRule, limit: int = 8) -> Sequence[Row[tuple[datetime, str | None, dict[str, Any]]]]:
    """Who changed it when and how, the newest first: (at, who, data)."""
    asked = select(Event.at, Agent.name.label("who"), Event.data).outerjoin(Agent, Agent.id == Event.agent_id)
    mine = asked.where(Event.name == Name.PROMPT_CHANGED, Event.data["rule"].as_integer() == rule.id)
    return db.session.execute(mine.order_by(Event.at.desc(), Event.id.desc()).limit(limit)).all()


def sweep(limit: int = 10_000) -> int:
    """Forget where prompts were shown long ago; returns how many rows went. Call and commit until 0."""
    keys = select(PromptShowing.rule_id, PromptShowing.on, PromptShowing.customer_id)
    old = keys.where(PromptShowing.on < accounts.today() - KEPT_FOR).limit(limit).subquery()
    gone = delete(PromptShowing).where(
        PromptShowing.rule_id == old.c.rule_id, PromptShowing.on == old.c.on,
        PromptShowing.customer_id == old.c.customer_id,
    )  # fmt: skip
    return int(getattr(db.session.execute(gone), "rowcount", 0))


def _needed(longest: int, sentence: Any) -> Any:
    def reader(typed: str) -> str:
        text = one_line(typed, longest)
        if not text:
            raise ValueError(sentence())
        return text

    return reader


def _tone(typed: str) -> Tone:
    if typed not in Tone.__members__:
        raise ValueError(_("Choose how it looks."))
    return Tone(typed)


_READERS: dict[str, Any] = {
    "name": _needed(80, lambda: _("Please write a name.")),
    "sentence": _needed(MAX_SENTENCE, lambda: _("What is to be said?")),
    "sentence_zh": lambda typed: one_line(typed, MAX_SENTENCE),
    "tone": _tone,
    "quiet_days": lambda typed: amounts.whole(typed, 1, 3650),
}
