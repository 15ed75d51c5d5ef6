"""Who may help themselves: taking the next one, or picking by hand what waits, as the settings of routing say."""

from __future__ import annotations

from flask_babel import gettext as _

from contact_center import access
from contact_center.errors import NotAllowed
from contact_center.routing import settings
from contact_center.tickets.models import UNSETTLED, Ticket


def may_pull() -> bool:
    """Whether the reader may ask for the next one; supervisors always may."""
    return bool(access.me().is_supervisor or settings.current().agents_may_pull)


def may_pick() -> bool:
    """Whether the reader may take by hand what nobody has; supervisors always may."""
    return bool(access.me().is_supervisor or settings.current().agents_may_pick)


def check_pull() -> None:
    """Raises NotAllowed where work comes by offers only."""
    if not may_pull():
        raise NotAllowed(_("Work is offered to you here: it rings when it is your turn."))


def check_pick(ticket: Ticket) -> None:
    """Raises NotAllowed where *ticket* waits for its turn and the reader may not take it out of the queue."""
    if ticket.assignee_id is None and ticket.state in UNSETTLED and not may_pick():
        raise NotAllowed(_("This waits for its turn and is offered then. Only supervisors take work by hand here."))
