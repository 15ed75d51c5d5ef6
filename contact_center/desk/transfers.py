"""Handing a caller on: to a queue or a colleague at once, or after a word with them; and calls of three."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.calls import holding, transferring
from contact_center.desk import asked
from contact_center.desk.calls import mine_or_404
from contact_center.extensions import db
from contact_center.queues import settings as queues
from contact_center.queues.models import Queue
from contact_center.routing import seats

blueprint = Blueprint("transfers", __name__, url_prefix="/desk/calls")
PHONE = "phone"


@blueprint.get("/<int:call_id>/whom")
@access.agent
def whom(call_id: int) -> str:
    """Who is here and has a telephone, those first who are free; and the queues."""
    call, me = mine_or_404(call_id), access.me()
    here = {one.id: one for one in seats.taken() if PHONE not in one.mute and one.id != me.id}
    people = select(Agent).where(Agent.id.in_(here)).options(lazyload(Agent.roles)).order_by(Agent.name)
    free = {key for key, one in here.items() if one.hindered is None and one.load == one.loose}
    shown = sorted(db.session.scalars(people), key=lambda agent: agent.id not in free)
    open_queues = [queue for queue in queues.listed() if queue.is_active]
    return render_template("desk/_call_whom.html", call=call, people=shown, free=free, queues=open_queues)


@blueprint.post("/<int:call_id>/transfer")
@access.agent
def transfer(call_id: int) -> Any:
    """Send the caller on: to the `queue`, or to whoever `to` is before anybody else."""
    call = mine_or_404(call_id)
    queue = db.session.get(Queue, asked.number("queue"))
    transferring.cold(call, access.me(), queue=queue, to=db.session.get(Agent, asked.number("to")))
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/consult")
@access.agent
def consult(call_id: int) -> Any:
    """Put the caller on hold and ring the colleague `to`."""
    call = mine_or_404(call_id)
    transferring.consult(call, access.me(), db.get_or_404(Agent, asked.number("to")))
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/merge")
@access.agent
def merge(call_id: int) -> Any:
    """Let all three hear each other."""
    transferring.merge(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/complete")
@access.agent
def complete(call_id: int) -> Any:
    """Leave the caller to the colleague."""
    transferring.complete(mine_or_404(call_id), access.me())
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:call_id>/cancel")
@access.agent
def cancel(call_id: int) -> Any:
    """No colleague after all: back to the caller."""
    call = mine_or_404(call_id)
    holding.check_own(call, access.me())
    transferring.cancel(call)
    db.session.commit()
    return asked.done()
