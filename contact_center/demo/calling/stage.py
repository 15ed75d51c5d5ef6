"""What a scripted day needs: a queue behind a number, agents who serve it, and hours in which it is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents import accounts, open_desks, open_phones, presence
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.calendars import settings as calendars
from contact_center.calls import lines
from contact_center.extensions import db
from contact_center.mailboxes import numbers, places
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue, QueueMember

QUEUE = "Scripted calls"
NUMBER = "+493023125900"  # of the numbers that are kept for stories
_UNUSABLE = "!"  # nobody signs in as a script


def set_up(agents: int) -> tuple[datetime, list[int]]:
    """Make what is missing; returns when the day begins, and the agents' ids. Again finds what is there. Commits."""
    queue = db.session.scalar(select(Queue).where(Queue.name == QUEUE))
    if queue is None:
        queue = Queue(name=QUEUE)
        db.session.add(queue)
        db.session.flush()
    if db.session.scalar(select(PhoneNumber.id).where(PhoneNumber.address == NUMBER)) is None:
        numbers.create({"address": NUMBER, "name": QUEUE, "language": "en", "queue_id": queue.id}, None)
    crew = [_agent(place, queue) for place in range(1, agents + 1)]
    begins = _opening(queue)  # on a new installation this makes its calendar, for which a call would wait for ever
    db.session.commit()
    places.forget()
    lines.forget()
    return begins, crew


def clear(crew: list[int]) -> None:
    """The agents go home. Commits."""
    for agent_id in crew:
        open_desks.closed(f"desk-{agent_id}")
        open_phones.closed(f"desk-{agent_id}")
        presence.set_presence(db.session.get_one(Agent, agent_id), PresenceState.OFFLINE)
    db.session.commit()


def _agent(place: int, queue: Queue) -> int:
    email = f"script{place}@calls.invalid"
    agent = accounts.find(email) or accounts.create(email, f"Script {place}", RoleName.AGENT, _UNUSABLE)
    if db.session.get(QueueMember, (queue.id, agent.id)) is None:
        db.session.add(QueueMember(queue_id=queue.id, agent_id=agent.id))
    return agent.id


def _opening(queue: Queue) -> datetime:
    """When the queue last opened for a whole day's work that is over: nothing is written into the future."""
    hours, now = calendars.hours(queue.calendar_id), clock.now()
    for days in range(2, 30):
        start = hours.next_open(now - timedelta(days=days))
        closes = hours.closes(start)
        if closes is not None and closes - start >= timedelta(hours=6) and closes < now:
            return start
    return now - timedelta(days=2)
