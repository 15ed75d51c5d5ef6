"""What a supervisor does on the live page with what waits and with what somebody has in hand: give it to somebody else,
let it wait elsewhere or again, end a talk or a wrap-up.

A caller is never only a row: one who talks is sent by the telephone company, one who waits goes on waiting.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, rows
from contact_center.agents.models import Agent
from contact_center.calls import ending, in_hand, locks, transferring
from contact_center.calls.models import IN_HAND, Call
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.floor.live import done, item_of, ticket_of
from contact_center.live import agents
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.routing import offers, seats, wrapping
from contact_center.tickets import interactions, lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket

blueprint = Blueprint("live_acts", __name__, url_prefix="/floor/live")


@blueprint.get("/<int:interaction_id>/acts")
@access.supervisor
def menu(interaction_id: int) -> str:
    """The inside of the menu of something in hand: who else could have it, where it could wait, how it could end."""
    item, seated = item_of(interaction_id), seats.taken()
    call = in_hand.behind(item.id)
    able = {one.id for one in seated if "phone" not in one.mute}
    doing = {line.id: line for line in agents.lines(access.me(), seated)}
    others = [one for one in membership.agents_of(item.queue_id) if one.id != item.agent_id]
    serving = [one for one in others if call is None or one.id in able]
    listed = select(Queue).where(Queue.is_active, Queue.id != item.queue_id).order_by(Queue.position, Queue.name)
    return render_template(
        "floor/_live_acts.html", item=item, call=call, doing=doing, queues=db.session.scalars(listed).all(),
        serving=sorted(serving, key=lambda one: one.id not in doing),
    )  # fmt: skip


@blueprint.post("/<int:interaction_id>/assign")
@access.supervisor
def assign(interaction_id: int) -> Any:
    """Give its ticket to `agent_id`; without one let it wait for anybody. A caller is sent, or rings there first."""
    ticket, to, call = ticket_of(interaction_id), _chosen(Agent), locks.by_interaction(interaction_id)
    if call is not None:
        return _send(call, ticket, interaction_id, to)
    before = ticket.assignee_id or 0
    offers.revoke(Interaction.ticket_id == ticket.id)
    lifecycle.assign(ticket, to, access.me())
    said = _("%(ref)s is with %(name)s now.", ref=ticket.ref, name=to.name) if to else _waits(ticket)
    return done(ticket, said, url_for(".assign", interaction_id=interaction_id, agent_id=before))


@blueprint.post("/<int:interaction_id>/move")
@access.supervisor
def move(interaction_id: int) -> Any:
    """Let its ticket wait in the queue `queue_id`, since it came in; a caller who talks is sent there."""
    ticket, call = ticket_of(interaction_id), locks.by_interaction(interaction_id)
    before, to = ticket.queue_id, _chosen(Queue) or abort(404)
    if call is not None and call.state in IN_HAND:
        transferring.send(call, access.me(), to)
        return done(ticket, _("The caller is sent to %(name)s.", name=to.name))
    offers.revoke(Interaction.ticket_id == ticket.id)
    lifecycle.move(ticket, to, access.me())
    said = _("%(ref)s waits in %(queue)s now.", ref=ticket.ref, queue=to.name)
    return done(ticket, said, url_for(".move", interaction_id=interaction_id, queue_id=before))


@blueprint.post("/<int:interaction_id>/hang-up")
@access.supervisor
def hang_up(interaction_id: int) -> Any:
    """End somebody's talk; the caller is asked how it was, as after any."""
    ticket = ticket_of(interaction_id)
    ending.by_supervisor(locks.by_interaction(interaction_id) or abort(404), access.me())
    return done(ticket, _("The call of %(ref)s is ended.", ref=ticket.ref))


@blueprint.post("/<int:interaction_id>/end-wrap-up")
@access.supervisor
def end_wrap_up(interaction_id: int) -> Any:
    """End somebody's wrap-up, so that they are offered work again."""
    ticket = ticket_of(interaction_id)
    wrapping.end(interaction_id)
    return done(ticket, _("The wrap-up of %(ref)s is ended.", ref=ticket.ref))


def _send(call: Call, ticket: Ticket, interaction_id: int, to: Agent | None) -> Any:
    """A caller who talks goes there at once; one who waits goes on waiting, and is offered there first."""
    if call.state in IN_HAND:
        transferring.send(call, access.me(), to=to)
        said = _("The caller is sent to %(name)s.", name=to.name) if to else _("The caller waits again.")
        return done(ticket, said)
    offers.revoke(Interaction.id == interaction_id)
    interactions.keep_for(interaction_id, to.id if to else None)
    said = _("%(ref)s rings at %(name)s first.", ref=ticket.ref, name=to.name) if to else _waits(ticket)
    return done(ticket, said, url_for(".assign", interaction_id=interaction_id, agent_id=0) if to else "")


def _chosen(model: type[Any]) -> Any:
    """The agent or queue that the form or the address names; None for none."""
    chosen = rows.number(request.values.get(f"{model.__tablename__}_id", "0")) or 0
    found = db.session.get(model, chosen) if chosen else None
    if chosen and found is None:
        raise Invalid(_("Choose one from the list."))
    return found


def _waits(ticket: Ticket) -> str:
    return _("%(ref)s waits in %(queue)s again.", ref=ticket.ref, queue=ticket.queue.name)
