"""What a customer may expect: until when they have our answer, and when we are back if we are closed now.

The portal calls it. Both come from the calendar that the ticket's own deadline counts in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contact_center import clock
from contact_center.calendars.arithmetic import NeverOpen
from contact_center.extensions import db
from contact_center.sla.models import Deadline, DeadlineState
from contact_center.sla.targets import RESPONSES
from contact_center.tickets import deadlines
from contact_center.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Expected:
    """`answer_by`: while an answer is owed, and in time; `opens_at`: while we are closed."""

    answer_by: datetime | None = None
    opens_at: datetime | None = None


def of(ticket: Ticket) -> Expected:
    """What is to be expected on *ticket*; nothing while nobody waits for us."""
    owed = (Deadline.ticket_id == ticket.id, Deadline.target.in_(RESPONSES), Deadline.state == DeadlineState.RUNNING)
    deadline = db.session.scalars(select(Deadline).where(*owed).order_by(Deadline.due_at).limit(1)).one_or_none()
    if deadline is None:
        return Expected()
    in_time = deadline.due_at if deadline.due_at > clock.now() else None
    return Expected(in_time, _opens_at(deadline.calendar_id))


def _opens_at(calendar_id: int | None) -> datetime | None:
    hours, now = deadlines.hours_of(calendar_id), clock.now()
    try:
        return None if hours.is_open(now) else hours.next_open(now)
    except NeverOpen:
        return None
