"""Settings, Placement: rules that put what arrives into a queue, in order; tried out on 30 days, or on one ticket."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, once, rows
from contact_center.admin import comparing, placement_words, reading
from contact_center.calendars.models import Calendar
from contact_center.customers.models import TIERS
from contact_center.entitlements.kinds import RequestKind
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import conditions, dry_run, placement, rules
from contact_center.routing.models import PlacementRule
from contact_center.routing.placement import Rule
from contact_center.tickets import scope
from contact_center.tickets.inbound import CHANNELS
from contact_center.tickets.models import Priority, Ticket

blueprint = Blueprint("placement", __name__, url_prefix="/admin/placement")
for _name, _speak in placement_words.FILTERS.items():
    blueprint.add_app_template_filter(_speak, _name)

LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "ru", "ja", "ko", "ar", "tr")


@blueprint.get("")
@access.administrator
def listing() -> str:
    """All rules in the order in which they are tried."""
    listed = rules.listed()
    return render_template(
        "admin/placement.html",
        page="placement",
        rules=listed,
        shadowed=rules.shadowed(listed),
        never=rules.never(listed),
        known=placement_words.names(),
        asked=request.args.get("ticket", "")[:40],
        days=dry_run.DAYS,
    )


@blueprint.get("/new")
@access.administrator
def blank() -> str:
    return _form(None)


@blueprint.post("/new")
@access.administrator
def add() -> Any:
    draft = rules.read(_typed())
    rule = once.made(PlacementRule, lambda: rules.add(draft, access.me()))
    _commit()
    flash(_("“%(name)s” counts from now on.", name=rule.name), "success")
    return _listed(rule)


@blueprint.get("/<int:rule_id>")
@access.administrator
def edit(rule_id: int) -> str:
    return _form(reading.or_404(PlacementRule, rule_id))


@blueprint.post("/<int:rule_id>")
@access.administrator
def save(rule_id: int) -> Any:
    rule, draft = reading.or_404(PlacementRule, rule_id), rules.read(_typed())
    try:
        rules.change(rule, draft, access.me(), reading.version())
    except Stale as stale:
        return comparing.answer(stale, rule, placement_words.compared(placement_words.names()))
    _commit()
    flash(_("Saved."), "success")
    return _listed(rule)


@blueprint.post("/<int:rule_id>/move")
@access.administrator
def move(rule_id: int) -> Any:
    """One place up or down by the arrows, or to the place (from 0) where it was dropped."""
    rule, place = reading.or_404(PlacementRule, rule_id), reading.number("to")
    by = reading.step() if place is None else place - [each.id for each in rules.listed()].index(rule.id)
    rules.move(rule, by, access.me())
    _commit()
    return _listed(rule)


@blueprint.post("/<int:rule_id>/<any(activate, deactivate):act>")
@access.administrator
def activate(rule_id: int, act: str) -> Any:
    """Let a rule count, or not."""
    rule = reading.or_404(PlacementRule, rule_id)
    rules.activate(rule, access.me(), is_active=act == "activate")
    _commit()
    return _listed(rule)


@blueprint.post("/<int:rule_id>/remove")
@access.administrator
def remove(rule_id: int) -> Any:
    rule = reading.or_404(PlacementRule, rule_id)
    name = rule.name
    rules.remove(rule, access.me())
    _commit()
    flash(_("“%(name)s” is removed.", name=name), "success")
    return redirect(url_for("placement.listing"), 303)


@blueprint.get("/dry-run")
@access.administrator
def tried() -> str:
    """What the rules, as they are kept, would do with what came in lately."""
    return _report(placement.read())


@blueprint.post("/dry-run")
@access.administrator
def tried_with_form() -> str:
    """The same with the rule in the form in its place."""
    try:
        draft = rules.read({**_typed(), "name": reading.text("name") or _("This rule")})
    except Invalid as refused:
        return render_template("admin/_placement_dry.html", report=None, sentence=refused.sentence)
    return _report(_with(draft, reading.number("rule_id")))


@blueprint.get("/ticket")
@access.administrator
def one() -> str:
    """Which rule fits one ticket, and why the others do not."""
    asked = request.args.get("ticket", "").strip()[:40]
    number = scope.number_in(asked)
    ticket = db.session.get(Ticket, number) if number else None
    past, trials = dry_run.one(ticket, placement.read()) if ticket else (None, [])
    shown = {"ticket": ticket, "past": past, "trials": trials, "asked": asked, "known": placement_words.names()}
    return render_template("admin/_placement_one.html", **shown)


def _report(ordered: tuple[Rule, ...]) -> str:
    report = dry_run.run(ordered)
    known = placement_words.names()
    return render_template("admin/_placement_dry.html", report=report, known=known, days=dry_run.DAYS)


def _with(draft: rules.Draft, rule_id: int | None) -> tuple[Rule, ...]:
    """The kept rules, the draft in the place of its own row, or last; not in use, it is left out."""
    queue = db.session.get(Queue, draft.queue_id) if draft.queue_id else None
    row = PlacementRule(id=rule_id or 0, **draft.columns())
    mine = placement.as_rule(row, queue.name if queue else "", queue.is_active if queue else None)
    kept = [mine if rule.id == rule_id else rule for rule in placement.read()]
    if not draft.is_active:
        return tuple(rule for rule in kept if rule is not mine)
    return (*kept,) if mine in kept else (*kept, mine)


def _form(rule: PlacementRule | None) -> str:
    asked = rule.conditions if rule else {}
    listed = rules.listed()
    return render_template(
        "admin/placement_rule.html",
        page="placement",
        rule=rule,
        asked=asked,
        history=rules.history(rule) if rule else (),
        shadow=rules.shadowed(listed).get(rule.id) if rule else None,
        channels=CHANNELS,
        tiers=TIERS,
        covers=conditions.COVERS,
        kinds=RequestKind,
        priorities=Priority,
        languages_known=[*LANGUAGES, *(code for code in asked.get("languages", ()) if code not in LANGUAGES)],
        mailboxes=db.session.scalars(select(Mailbox).order_by(Mailbox.is_active.desc(), Mailbox.address)).all(),
        calendars=db.session.scalars(select(Calendar).order_by(Calendar.name)).all(),
        queues=db.session.scalars(select(Queue).where(Queue.is_active).order_by(Queue.position, Queue.id)).all(),
        skills=db.session.scalars(select(Skill).order_by(Skill.name)).all(),
    )


def _typed() -> dict[str, Any]:
    """The rule in the form."""
    form = request.form
    lists = {name: form.getlist(name) for name in ("channels", "kinds", "languages", "tiers", "covers")}
    texts = {name: form.get(name, "") for name in ("name", "products", "words", "hours", "priority")}
    levels = {name.removeprefix("level_"): form[name] for name in form if name.startswith("level_")}
    asks = {int(skill): rows.number(level) or 0 for skill, level in levels.items() if rows.number(skill)}
    numbers = {name: reading.number(name) for name in ("calendar_id", "queue_id")}
    places = [number for typed in form.getlist("places") if (number := rows.number(typed))]
    return {**lists, **texts, **numbers, "places": places, "asks": asks, "is_active": form.get("is_active") == "1"}


def _commit() -> None:
    db.session.commit()
    placement.forget()


def _listed(rule: PlacementRule) -> Any:
    """Back to the list; what a rule above takes away is said at once."""
    by = rules.shadowed(rules.listed()).get(rule.id)
    if by is not None:
        sentence = _("“%(name)s” is never reached: “%(other)s” above takes everything that fits it.")
        flash(sentence % {"name": rule.name, "other": by.name}, "error")
    return redirect(url_for("placement.listing", _anchor=f"rule-{rule.id}"), 303)
