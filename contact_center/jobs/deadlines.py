"""The clocks of service levels: what is at risk or missed is told, what has other terms now is set anew."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from contact_center import clock
from contact_center.extensions import db
from contact_center.routing import enqueue
from contact_center.tickets import alarms, catching_up, deadlines

BATCHES = 50  # of a sweep; the rest is for the next one
LATELY = timedelta(minutes=10)


@shared_task(name="sweep_deadlines")
def sweep_deadlines() -> None:
    """Tell of deadlines at risk and missed, and move what waits for them forward in its queue."""
    for _batch in range(BATCHES):
        told = alarms.sweep()
        for ticket_id, stage in told or ():
            if stage < 100:
                enqueue.risk(ticket_id, stage)
        db.session.commit()
        if not told:
            return


@shared_task(name="retarget_deadlines")
def retarget_deadlines(_changed: int = 0) -> None:
    """Set anew what is open after a change of tiers, queues, policies, calendars or contracts."""
    for _batch in range(BATCHES):
        found = deadlines.retarget_stale()
        db.session.commit()
        if not found:
            break
    beyond = catching_up.under_changed_contracts(clock.now() - LATELY)
    while beyond:
        db.session.commit()
        beyond = catching_up.under_changed_contracts(clock.now() - LATELY, beyond)


@shared_task(name="follow_contract")
def follow_contract(contract_id: int) -> None:
    """Set anew what is open under a contract whose terms are others now."""
    catching_up.under_contract(contract_id)
    db.session.commit()
