"""The call that an agent is in: the bar across the desk, on all their tabs, and what is done in it.

The voices are the browser's business; where the call stands comes from its row, and every button is a verb of `calls`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from contact_center import access
from contact_center.calls import ending, holding, in_hand, legs
from contact_center.calls.models import Call, CallLeg, Role
from contact_center.desk import asked, who, who_words
from contact_center.extensions import db

blueprint = Blueprint("calls", __name__, url_prefix="/desk/calls")
for name, speak in who_words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)

KEYS = "123456789*0#"


@blueprint.get("/bar")
@access.agent
def bar() -> str:
    """Who is on the line, since when, and the buttons; nothing outside a call."""
    leg = in_hand.of(access.me())
    colleague = legs.live(leg.call, Role.COLLEAGUE) if leg is not None else None
    calling = who.of(leg.call, access.me()) if leg is not None else None
    return render_template("desk/_call_bar.html", leg=leg, who=calling, colleague=colleague, keys=KEYS)


@blueprint.get("/expected")
@access.agent
def expected() -> dict[str, str]:
    """The nonce with which one's telephone may come, where a call has been accepted and waits for it."""
    nonce = in_hand.expected(access.me())
    return {"nonce": nonce} if nonce else {}


@blueprint.post("/<int:call_id>/end")
@access.agent
def end(call_id: int) -> Any:
    """Say good-bye."""
    ending.by_agent(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/hold")
@access.agent
def hold(call_id: int) -> Any:
    """Let the caller hear music."""
    holding.hold(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/take-back")
@access.agent
def take_back(call_id: int) -> Any:
    """Talk to the caller again."""
    holding.take_back(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()


def mine_or_404(call_id: int) -> Call:
    """The call, if one's telephone is in it; locked, since the provider moves it as well."""
    mine = select(CallLeg.call_id).where(CallLeg.agent_id == access.me().id, CallLeg.ended_at.is_(None))
    asked_for = select(Call).where(Call.id == call_id, Call.id.in_(mine))
    return db.session.scalar(asked_for.with_for_update(of=Call)) or abort(404)
