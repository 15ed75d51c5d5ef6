"""The clocks of tiers and value: what is due is counted, what has ended is lifted, what must be told is told."""

from __future__ import annotations

from celery import shared_task

from contact_center.extensions import db
from contact_center.tickets import complaints
from contact_center.tiers import overrides, ranking, schedule
from contact_center.value import contribution


@shared_task(name="sweep_tiers")
def sweep_tiers() -> None:
    """End overrides whose day has come, open the run that is due, and do the runs that wait."""
    while overrides.lift_due():
        db.session.commit()
    schedule.open_due()
    db.session.commit()
    for run_id in schedule.pending():
        ranking.carry_on(run_id)
        db.session.commit()


@shared_task(name="sweep_complaints")
def sweep_complaints() -> None:
    """Tell of complaints that nobody was told of yet."""
    while complaints.sweep():
        db.session.commit()
    db.session.commit()


@shared_task(name="count_value")
def count_value() -> None:
    """Count anew what customers are worth, if the last counting is a night old; forget old runs' moves."""
    if contribution.is_due():
        contribution.recompute()
    ranking.sweep()
    db.session.commit()
