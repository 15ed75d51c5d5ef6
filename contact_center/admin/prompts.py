"""Settings, Prompts: when a card says what to its agent, and what the button does. Tried out on everybody first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import comparing, prompt_words, reading
from contact_center.card.models import PromptRule, Tone
from contact_center.card.prompts import actions, conditions, querying, rules, sentences, vocabulary
from contact_center.card.prompts.actions import Act, Action
from contact_center.customers import custom
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.tickets import canned

blueprint = Blueprint("prompts", __name__, url_prefix="/admin/prompts")
for _name, _speak in prompt_words.FILTERS.items():
    blueprint.add_app_template_filter(_speak, _name)
Row = Mapping[str, Any]


@blueprint.get("")
@access.administrator
def listing() -> str:
    """All rules in the order in which they are shown, and what came of them."""
    fields = vocabulary.everything()
    listed = rules.listed()
    when = {rule.id: prompt_words.condition_word(rule.condition, fields) for rule in listed}
    return render_template("admin/prompts.html", page="prompts", rules=listed, counts=rules.counts(), when=when)


@blueprint.get("/new")
@access.administrator
def blank() -> str:
    return _form(None)


@blueprint.post("/new")
@access.administrator
def add() -> Any:
    draft = _draft()
    rule = once.made(PromptRule, lambda: rules.add(draft, access.me()))
    db.session.commit()
    flash(_("“%(name)s” is shown from now on.", name=rule.name), "success")
    return redirect(url_for("prompts.listing"), 303)


@blueprint.get("/<int:rule_id>")
@access.administrator
def edit(rule_id: int) -> str:
    return _form(reading.or_404(PromptRule, rule_id))


@blueprint.post("/<int:rule_id>")
@access.administrator
def save(rule_id: int) -> Any:
    rule, draft = reading.or_404(PromptRule, rule_id), _draft()
    try:
        rules.change(rule, draft, access.me(), reading.version())
    except Stale as stale:
        return comparing.answer(stale, rule, prompt_words.compared())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("prompts.listing"), 303)


@blueprint.post("/<int:rule_id>/move")
@access.administrator
def move(rule_id: int) -> Any:
    """One place up or down: the first three that hold are shown."""
    rules.move(reading.or_404(PromptRule, rule_id), reading.step(), access.me())
    db.session.commit()
    return redirect(url_for("prompts.listing"), 303)


@blueprint.post("/<int:rule_id>/remove")
@access.administrator
def remove(rule_id: int) -> Any:
    rule = reading.or_404(PromptRule, rule_id)
    name = rule.name
    rules.remove(rule, access.me())
    db.session.commit()
    flash(_("“%(name)s” is removed.", name=name), "success")
    return redirect(url_for("prompts.listing"), 303)


@blueprint.get("/row")
@access.administrator
def row() -> str:
    """One comparison of the form: a new one, or the same about another field."""
    asked, fields = request.args, vocabulary.everything()
    n = asked.get("n", "") if asked.get("n", "").isdecimal() else _number()
    field = asked.get(f"field_{n}", "")
    shown = {"n": n, "field": field if field in fields else "", "join": asked.get(f"join_{n}", "and"), "value": None}
    return render_template("admin/_prompt_row.html", row=shown, fields=fields, first=asked.get("first") == "1")


@blueprint.get("/action")
@access.administrator
def action() -> str:
    """The fields of what the button does."""
    kind = request.args.get("action_kind", "")
    chosen = Action(kind=Act(kind) if kind in Act.__members__ else Act.NONE)
    return render_template("admin/_prompt_action.html", action=chosen, **_choices())


@blueprint.post("/dry-run")
@access.administrator
def dry_run() -> Any:
    """Whom the condition in the form would be shown for now."""
    rows = _rows()
    try:
        condition = conditions.read(rows, vocabulary.everything())
        found = querying.dry(condition)
    except Invalid as refused:
        return render_template("admin/_prompt_dry.html", found=None, sentence=refused.sentence)
    return render_template("admin/_prompt_dry.html", found=found, most=querying.MOST)


def _form(rule: PromptRule | None) -> str:
    said = rule.condition if rule else {"all": []}
    shown = [
        {**one, "join": "or" if nth else "and", "n": _number()}
        for group in said["all"]
        for nth, one in enumerate(group["any"])
    ]
    return render_template(
        "admin/prompt.html",
        page="prompts",
        rule=rule,
        rows=shown or [{"n": _number(), "field": "", "join": "and"}],
        fields=vocabulary.everything(),
        action=actions.heard(rule.action) if rule else Action(),
        words=[*sentences.WORDS, *custom.keys(custom.active().values())],
        tones=Tone,
        history=rules.history(rule) if rule else (),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    """What can be chosen for the button."""
    names = sorted({row.name for row in canned.everything()})
    theirs = {custom.PREFIX + key: custom.label(field) for key, field in custom.active().items()}
    return {"acts": Act, "pages": actions.PAGES, "canned_names": names, "settable": actions.SETTABLE, "theirs": theirs}


def _draft() -> rules.Draft:
    """The rule in the form; what is wrong with a comparison is named after its row in the form."""
    rows = _rows()
    try:
        return rules.read(request.form, rows)
    except Invalid as refused:
        raise Invalid(refused.sentence, {_of_row(name, rows): said for name, said in refused.fields.items()}) from None


def _rows() -> Sequence[Row]:
    """The comparisons of the form in their order on the page."""
    numbers = [n for n in request.form.getlist("row") if n.isdecimal()][: conditions.MOST + 1]
    return [_row(n) for n in numbers]


def _row(n: str) -> Row:
    form = request.form
    values = form.getlist(f"value_{n}")
    names = ("join", "field", "op", "of")
    is_list = form.get(f"op_{n}") in (vocabulary.Op.IN, vocabulary.Op.NOT_IN)
    told: dict[str, Any] = {name: form.get(f"{name}_{n}", "") for name in names}
    return {**told, "n": n, "value": values if is_list else next(iter(values), "")}


def _of_row(name: str, rows: Sequence[Row]) -> str:
    part, _line, nth = name.rpartition("_")
    is_comparison = part in ("field", "op", "of", "value") and nth.isdecimal() and int(nth) < len(rows)
    return f"{part}_{rows[int(nth)]['n']}" if is_comparison else name


def _number() -> str:
    """A number for a row of the form that no other row has."""
    return str(secrets.randbelow(10**9))
