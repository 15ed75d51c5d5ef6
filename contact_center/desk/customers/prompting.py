"""The prompts on a card: marked done or not wanted, their button pressed, and all that taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.card import summary
from contact_center.card.models import Answer, PromptRule
from contact_center.card.prompts import actions, answering, showing
from contact_center.card.prompts.showing import Prompt
from contact_center.card.summary import Summary
from contact_center.customers.models import Customer
from contact_center.desk.customers import card, fragments
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.tickets.models import Ticket

blueprint = Blueprint("prompting", __name__, url_prefix="/<int:customer_id>/prompts")
_SAID = {"done": Answer.DONE, "refuse": Answer.REFUSED}


@blueprint.post("/<int:rule_id>/<any(done, refuse):act>")
@access.agent
def answer(customer_id: int, rule_id: int, act: str) -> Any:
    """Mark a prompt done, or not wanted; the toast takes it back."""
    customer, rule = fragments.customer_or_404(customer_id), fragments.rule_or_404(rule_id)
    ticket = _ticket()
    said = answering.answer(rule, customer, request.form.get("about", ""), _SAID[act], access.me(), ticket)
    db.session.commit()
    text = _("“%(name)s” is done", name=rule.name) if act == "done" else _("“%(name)s” is put away", name=rule.name)
    back = url_for("customers.prompting.undo", customer_id=customer_id, answer_id=said.id, **_beside(ticket))
    return _card(customer, ticket, toast=fragments.undo(text, back, _place()))


@blueprint.post("/<int:rule_id>/act")
@access.agent
def act(customer_id: int, rule_id: int) -> Any:
    """Do what the button says, and mark the prompt done."""
    customer, rule = fragments.customer_or_404(customer_id), fragments.rule_or_404(rule_id)
    ticket, me = _ticket(), access.me()
    shown = summary.of(customer, me)
    prompt = _standing(shown, rule)
    actions.carry_out(prompt.action, customer, me, ticket or _theirs(shown))
    answering.answer(rule, customer, prompt.about, Answer.DONE, me, ticket)
    db.session.commit()
    return _card(customer, ticket, toast={"text": str(_("“%(name)s” is done", name=rule.name))})


@blueprint.post("/answers/<int:answer_id>/undo")
@access.agent
def undo(customer_id: int, answer_id: int) -> Any:
    """Let a prompt stand there again."""
    customer, ticket = fragments.customer_or_404(customer_id), _ticket()
    answering.take_back(answer_id, customer, access.me(), ticket)
    db.session.commit()
    return _card(customer, ticket)


def _standing(shown: Summary, rule: PromptRule) -> Prompt:
    prompt = showing.named(shown.prompts, rule.id, request.form.get("about", ""))
    if prompt is None:
        raise IllegalMove(_("This prompt is not there any more."))
    return prompt


def _theirs(shown: Summary) -> Ticket | None:
    """The first of their unresolved tickets."""
    first = next(iter(shown.tickets.rows), None)
    return db.session.get(Ticket, first.id) if first else None


def _ticket() -> Ticket | None:
    """The ticket beside which the card stands."""
    ref = request.values.get("beside", "")
    return fragments.ticket_or_404(ref) if ref else None


def _place() -> str:
    return "overview-inside" if request.values.get("place") == "overview-inside" else "customer-card"


def _beside(ticket: Ticket | None) -> dict[str, Any]:
    return {"place": _place(), **({"beside": ticket.ref} if ticket else {})}


def _card(customer: Customer, ticket: Ticket | None, **more: Any) -> Any:
    """What the prompt stood in, as it is now: the card, or the overview of the customer's page."""
    if _place() == "overview-inside":
        return fragments.fragment("customers/_overview.html", card=summary.of(customer, access.me()), **more)
    return fragments.fragment("_card.html", **card.of_customer(customer, access.me(), ticket), **more)
