"""What comes back: offers that rang out or whose agent is gone, and the work of agents who vanished.

Called by the dispatcher at every turn. Whoever waited goes on waiting since the instant they came in.
"""

from __future__ import annotations

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import offers
from contact_center.routing.models import Offer, OfferState
from contact_center.statement import Statement, columns
from contact_center.tickets import lifecycle
from contact_center.tickets.models import Ticket

RUNG_OUT = "FROM offer WHERE state = 'PENDING' AND expires_at <= :now"
_RUNG_OUT = Statement(f"SELECT {columns(Offer)} {RUNG_OUT} ORDER BY expires_at")
# Nobody can answer: not available any more, or no desk of theirs is open; a reload is waited for. Or it was taken by
# hand meanwhile.
DESERTED = """
    FROM offer o
    WHERE o.state = 'PENDING' AND (
        NOT EXISTS (SELECT FROM presence p WHERE p.agent_id = o.agent_id AND p.ended_at IS NULL
                    AND p.state = 'AVAILABLE')
        OR NOT EXISTS (SELECT FROM open_desk d WHERE d.agent_id = o.agent_id
                       AND (d.closed_at > :reloading OR (d.closed_at IS NULL AND d.seen_at > :lately)))
        OR (o.asked_by_id IS NULL AND NOT EXISTS (
            SELECT FROM interaction i WHERE i.id = o.interaction_id AND i.state = 'OFFERED'))
    )
"""
_DESERTED = Statement(f"""
    SELECT o.id, CASE WHEN EXISTS (SELECT FROM interaction i WHERE i.id = o.interaction_id AND i.state = 'OFFERED')
                      THEN 'gone' ELSE 'taken' END AS why
    {DESERTED}
""")  # noqa: S608 (ours)
# What an agent had when they vanished, which is noticed after a grace and began when their desk was seen last; and what
# customers wrote to an agent who had gone already, once somebody else is here to answer. What somebody gave them by
# hand later stays theirs, and so does the work of whoever signed out on purpose.
LEFT = """
    FROM presence p
    JOIN interaction i ON i.agent_id = p.agent_id AND i.state = 'HANDLING'
    WHERE p.ended_at IS NULL AND p.state = 'OFFLINE' AND (
        (p.because = 'vanished' AND i.accepted_at < p.started_at + :grace)
        OR (i.accepted_at = i.queued_at AND i.queued_at > p.started_at AND EXISTS (
            SELECT FROM queue_member m JOIN presence o ON o.agent_id = m.agent_id AND o.ended_at IS NULL
            WHERE m.queue_id = i.queue_id AND o.state = 'AVAILABLE'
        ))
    )
"""
_LEFT = Statement(f"""
    SELECT i.ticket_id, bool_or(p.because = 'vanished' AND i.accepted_at < p.started_at + :grace) AS was_handled,
           min(p.agent_id) AS agent_id
    {LEFT} GROUP BY i.ticket_id ORDER BY i.ticket_id LIMIT :most
""")
_HEAD_START = Statement("""
    UPDATE interaction i SET bonus = i.bonus || jsonb_build_object('recovered', s.recovered_minutes)
    FROM routing_setting s WHERE i.ticket_id = :ticket_id AND i.state = 'WAITING' AND s.recovered_minutes <> 0
""")
LOST = """
    i.state = 'OFFERED' AND NOT EXISTS (SELECT FROM offer o WHERE o.interaction_id = i.id AND o.state = 'PENDING')
"""
_LOST = Statement(f"UPDATE interaction i SET state = 'WAITING', offered_at = NULL WHERE {LOST} RETURNING i.id")  # noqa: S608


def rung_out() -> int:
    """End the offers that nobody answered in time; who let them ring gets no more until they say that they are back."""
    ended = 0
    for offer in _RUNG_OUT.find_all(Offer, {"now": clock.now()}):
        if offers.end(offer, OfferState.TIMED_OUT):
            ended += 1
            agent = db.session.get_one(Agent, offer.agent_id)
            presence.set_presence(agent, PresenceState.NOT_RESPONDING, because="rang out")
    return ended


def deserted() -> int:
    """End the offers that nobody can answer any more; returns how many, and what was offered to nobody."""
    now = clock.now()
    found = _DESERTED.rows({"lately": now - open_desks.LIVE_FOR, "reloading": now - open_desks.RELOAD})
    ending = [(db.session.get_one(Offer, row.id), row.why) for row in found]
    lost = _LOST.rows({})
    return len(lost) + sum(offers.end(offer, OfferState.REVOKED, reason=why) for offer, why in ending)


def left_work(most: int = 100) -> int:
    """Put the work of those who vanished back into its queues, with a head start; returns how many tickets."""
    recovered = 0
    for row in _LEFT.rows({"most": most, "grace": presence.GRACE[PresenceState.AVAILABLE]}):
        ticket = db.session.get_one(Ticket, row.ticket_id, populate_existing=True)
        if ticket.assignee_id != row.agent_id or not lifecycle.recover(ticket):
            continue
        if row.was_handled:
            head_start(ticket.id)
        log.record(Name.INTERACTION_RECOVERED, ticket)
        recovered += 1
    return recovered


def head_start(ticket_id: int) -> None:
    """What waits on a ticket again, because the agent who had it was lost, gets the minutes that the settings say."""
    _HEAD_START.run({"ticket_id": ticket_id})
