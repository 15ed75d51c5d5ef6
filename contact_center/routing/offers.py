"""Offers: an interaction held out to one agent for some seconds. One offer at a time for each of both, by constraint.

The dispatcher makes and ends them, the desk accepts and declines. Every move is a guarded UPDATE: whoever comes second
is told so, and nothing is taken twice. An interaction that comes back keeps the instant since when it waits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing.models import Offer, OfferState
from contact_center.statement import Statement, columns
from contact_center.text.lines import one_line
from contact_center.tickets import interactions, lifecycle, moves
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import UNSETTLED, Ticket

DECLINED_FOR = timedelta(minutes=5)  # whoever declined it is not asked again sooner
MAX_REASON = 200
CALL_FIRST = "call first"
_ENDED = {
    OfferState.DECLINED: Name.OFFER_DECLINED,
    OfferState.TIMED_OUT: Name.OFFER_TIMED_OUT,
    OfferState.REVOKED: Name.OFFER_REVOKED,
}

_MAKE = Statement("""
    WITH chosen AS (
        UPDATE interaction i SET state = 'OFFERED', offered_at = :now
        FROM unnest(CAST(:interactions AS bigint[]), CAST(:agents AS bigint[]), CAST(:seconds AS float[]),
                    CAST(:decisions AS jsonb[])) AS w (interaction_id, agent_id, seconds, decision)
        WHERE i.id = w.interaction_id AND i.state = 'WAITING'
        RETURNING i.id, i.ticket_id, i.queue_id, w.agent_id, w.seconds, w.decision
    ), made AS (
        INSERT INTO offer (interaction_id, agent_id, offered_at, expires_at, decision)
        SELECT id, agent_id, :now, :now + make_interval(secs => seconds), decision FROM chosen
        RETURNING id, interaction_id
    )
    SELECT made.id AS offer, chosen.ticket_id AS ticket, chosen.queue_id AS queue, chosen.agent_id AS agent
    FROM made JOIN chosen ON chosen.id = made.interaction_id
""")
_TAKE = Statement("""
    UPDATE offer SET state = 'ACCEPTED', ended_at = :now
    WHERE id = :id AND agent_id = :agent_id AND state = 'PENDING' RETURNING id
""")
_WHOLE = Statement(f"""
    SELECT {columns(Offer)}, {columns(Interaction)} FROM offer JOIN interaction ON interaction.id = offer.interaction_id
    WHERE offer.id = :id AND offer.agent_id = :agent_id
""")  # noqa: S608 (columns of ours)
_RETURN = Statement("""
    UPDATE interaction
    SET state = 'WAITING', offered_at = NULL,
        not_for = CASE WHEN CAST(:not_for AS bigint) IS NULL OR not_for @> ARRAY[CAST(:not_for AS bigint)] THEN not_for
                       ELSE not_for || CAST(:not_for AS bigint) END,
        eases_at = CASE WHEN CAST(:not_for AS bigint) IS NULL THEN eases_at ELSE least(eases_at, :again_at) END,
        held_for = array_remove(held_for, :agent_id)
    WHERE id = :interaction_id AND state = 'OFFERED'
    RETURNING ticket_id, queue_id
""")


class Match(NamedTuple):
    """An offer to be made."""

    interaction_id: int
    agent_id: int
    seconds: int
    decision: dict[str, Any]


def make(matches: Sequence[Match]) -> list[int]:
    """Hold each out to its agent; returns the offers' ids: what does not wait any more is passed over.

    The row of the offer is its record, so no event is written. Raises SQLAlchemy's IntegrityError if another dispatcher
    offers one of the agents something in this moment: roll back and look again.
    """
    made = _MAKE.rows({
        "interactions": [one.interaction_id for one in matches], "agents": [one.agent_id for one in matches],
        "seconds": [one.seconds for one in matches], "decisions": [json.dumps(one.decision) for one in matches],
        "now": clock.now(),
    })  # fmt: skip
    for row in made:
        bus.after_commit(Name.OFFER_MADE, row._asdict())
    return [row.offer for row in made]


def ask(interaction_id: int, colleague: Agent, asker: Agent, rings: timedelta) -> None:
    """Ring *colleague* for a word about what *asker* has in hand: accepting it takes nothing away from them.

    Raises AlreadyTaken if something rings at the colleague's desk already.
    """
    now = clock.now()
    offer = Offer(
        interaction_id=interaction_id, agent_id=colleague.id, asked_by_id=asker.id, offered_at=now,
        expires_at=now + rings,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(offer)
    except IntegrityError:
        raise AlreadyTaken(_("%(name)s cannot be called now.", name=colleague.name)) from None
    item = db.session.get_one(Interaction, interaction_id)
    ids = {"offer": offer.id, "ticket": item.ticket_id, "queue": item.queue_id, "agent": colleague.id}
    bus.after_commit(Name.OFFER_MADE, ids)


def ringing(agent: Agent) -> Offer | None:
    """What rings at *agent*'s desks."""
    asked = select(Offer).where(Offer.agent_id == agent.id, Offer.state == OfferState.PENDING)
    return db.session.scalar(asked.options(joinedload(Offer.interaction)))


def accept(offer_id: int, agent: Agent) -> Ticket:
    """Take what is offered: the ticket and all that waits in it are *agent*'s now. Accepting again changes nothing.

    Raises AlreadyTaken with a sentence that says where it is.
    """
    return taken(offer_id, agent)[0]


def taken(offer_id: int, agent: Agent) -> tuple[Ticket, Offer]:
    """As `accept`, with the offer."""
    is_first = bool(_TAKE.rows({"id": offer_id, "agent_id": agent.id, "now": clock.now()}))
    found = _WHOLE.find_each((Offer, Interaction), {"id": offer_id, "agent_id": agent.id})
    if not found:
        raise AlreadyTaken(_("This offer does not stand any more."))
    offer, interaction = found
    set_committed_value(offer, "interaction", interaction)
    ticket = db.session.get_one(Ticket, offer.interaction.ticket_id)
    is_theirs = offer.asked_by_id is not None or agent.id in (ticket.assignee_id, offer.interaction.agent_id)
    if not is_first and not (offer.state is OfferState.ACCEPTED and is_theirs):
        raise AlreadyTaken(_gone(offer, ticket))
    if is_first and offer.asked_by_id is not None:
        _record(Name.OFFER_ACCEPTED, _Rung(offer_id, agent.id, ticket.id, ticket.queue_id), agent)
    elif is_first:
        _take(ticket, offer.interaction, agent)
        _set_aside_for(offer.interaction, agent)
        _record(Name.OFFER_ACCEPTED, _Rung(offer_id, agent.id, ticket.id, ticket.queue_id), agent)
    return ticket, offer


def decline(offer_id: int, agent: Agent, reason: str = "") -> bool:
    """Let somebody else have it: *agent* is not asked again for some minutes. Returns whether it still rang."""
    offer = db.session.get(Offer, offer_id)
    if offer is None or offer.agent_id != agent.id:
        raise AlreadyTaken(_("This offer does not stand any more."))
    return end(offer, OfferState.DECLINED, reason=one_line(reason[:MAX_REASON], MAX_REASON), actor=agent)


def end(offer: Offer, state: OfferState, *, reason: str = "", actor: Agent | None = None) -> bool:
    """Stop the ringing; what was offered waits again, since when it came in. Returns False if it had ended already."""
    now = clock.now()
    ending = update(Offer).where(Offer.id == offer.id, Offer.state == OfferState.PENDING)
    ended = ending.values(state=state, ended_at=now, reason=reason).returning(Offer.id)
    if db.session.scalar(ended, execution_options={"synchronize_session": False}) is None:
        return False
    row = _RETURN.one({
        "interaction_id": offer.interaction_id, "agent_id": offer.agent_id, "again_at": now + DECLINED_FOR,
        "not_for": offer.agent_id if state is OfferState.DECLINED else None,
    })  # fmt: skip
    where = row or offer.interaction
    rung = _Rung(offer.id, offer.agent_id, where.ticket_id, where.queue_id)
    _record(_ENDED[state], rung, actor, **({"reason": reason} if reason else {}))
    return True


def revoke(which: ColumnElement[bool], reason: str = "") -> None:
    """Stop what rings for interactions of which that holds: somebody else decides where they go."""
    ringing = select(Offer).join(Offer.interaction).where(Offer.state == OfferState.PENDING, which)
    for offer in db.session.scalars(ringing).all():
        end(offer, OfferState.REVOKED, reason=reason)


def make_way(agent_id: int) -> None:
    """What rings at the desk of *agent_id* goes back into its queue: a call comes first."""
    ringing = select(Offer).where(Offer.state == OfferState.PENDING, Offer.agent_id == agent_id)
    for offer in db.session.scalars(ringing).all():
        end(offer, OfferState.REVOKED, reason=CALL_FIRST)


def _take(ticket: Ticket, interaction: Interaction, agent: Agent) -> None:
    """The ticket and all that waits in it; a call or a promise on somebody's ticket, or on a settled one, alone."""
    is_alone = interaction.kind in (Kind.PROMISE, Kind.CALLBACK, Kind.CALL)
    if not is_alone or (ticket.assignee_id is None and ticket.state in UNSETTLED):
        lifecycle.take(ticket, agent)
    if is_alone:
        interactions.give_one(interaction.id, agent.id)


def _set_aside_for(interaction: Interaction, agent: Agent) -> None:
    """What fills an agent sets aside what may be interrupted; never the reverse."""
    _SET_ASIDE.run({"id": interaction.id, "agent_id": agent.id, "channel": interaction.channel, "now": clock.now()})


_SET_ASIDE = Statement("""
    UPDATE interaction i SET set_aside_at = :now
    FROM channel_setting c
    WHERE i.agent_id = :agent_id AND i.id <> :id AND i.state = 'HANDLING' AND i.set_aside_at IS NULL
    AND c.channel = i.channel AND c.is_interruptible
    AND EXISTS (SELECT FROM channel_setting f WHERE f.channel = :channel AND f.weight IS NULL)
""")


def _gone(offer: Offer, ticket: Ticket) -> str:
    if offer.state is OfferState.TIMED_OUT:
        return _("It rang out before you answered; it waits for the next one.")
    if ticket.assignee_id is not None and ticket.assignee_id != offer.agent_id:
        return _("%(name)s has taken it already.", name=moves.agent_name(ticket.assignee_id))
    if offer.state is OfferState.DECLINED:
        return _("You have declined it; it waits for the next one.")
    return _("This offer does not stand any more.")


@dataclass(frozen=True, slots=True)
class _Rung:
    """Whom and what an event of an offer is about."""

    __tablename__ = "offer"

    id: int
    agent_id: int
    ticket_id: int
    queue_id: int


def _record(name: Name, rung: _Rung, actor: Agent | None = None, **data: Any) -> None:
    log.record(name, rung, actor, offer=rung.id, person=moves.agent_name(rung.agent_id), **data)
