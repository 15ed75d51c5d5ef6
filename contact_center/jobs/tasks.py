"""The tasks: each claims, calls a verb, and leaves. Idempotent by claim, so twice is as good as once."""

from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task
from flask import current_app

from contact_center import clock, once
from contact_center.agents import open_desks, presence
from contact_center.calls import sounds as call_sounds
from contact_center.card.prompts import rules as prompt_rules
from contact_center.channels import delivery, inbox
from contact_center.channels.web import uploads as web_uploads
from contact_center.credit import limits
from contact_center.customers import blocked, documents, duplicates, merging
from contact_center.extensions import db
from contact_center.files import store
from contact_center.jobs import imports, texts
from contact_center.routing import enqueue, occupancy
from contact_center.satisfaction import calls as rated_calls
from contact_center.satisfaction import recoveries, surveys
from contact_center.selfservice import codes, deflections, tries, visits
from contact_center.tickets import lifecycle, uploads

IMPORT_FOR = 60.0  # seconds after which an import lets other tasks have their turn
HOURS = 24  # in which all files are looked through once
SWEEP_FOR = 60.0  # seconds after which a sweep leaves the rest to the next one


@shared_task(name="deliver")
def deliver(outgoing_id: int) -> None:
    """Send one outgoing row, if it is still to be sent."""
    delivery.deliver(outgoing_id)


@shared_task(name="sweep_outbox")
def sweep_outbox() -> None:
    """Send what a burst, a lost nudge, a failed try or a crash has left, until nothing is due any more."""
    for code_id in codes.unwritten():
        codes.write(code_id)
        db.session.commit()
    end = time.monotonic() + SWEEP_FOR
    while (due := delivery.due()) and time.monotonic() < end:
        for outgoing_id in due:
            delivery.deliver(outgoing_id)


@shared_task(name="sweep_inbox")
def sweep_inbox() -> None:
    """Think about what was kept and not filed, and about texts whose nudge was lost."""
    texts.file_texts()
    inbox.sweep()


@shared_task(name="write_sign_in_code")
def write_sign_in_code(code_id: int) -> None:
    """Write the letter with a customer's code, if anybody is behind the address."""
    codes.write(code_id)
    db.session.commit()


@shared_task(name="bring_in")
def bring_in(run_id: int) -> None:
    """Go on with an import for a while."""
    if imports.go_on(run_id, seconds=IMPORT_FOR):
        bring_in.apply_async((run_id,), expires=120)


@shared_task(name="sweep_imports")
def sweep_imports() -> None:
    """Go on with imports that a crash or a lost nudge has left."""
    for run_id in imports.waiting():
        bring_in(run_id)


@shared_task(name="follow_cancelled_task")
def follow_cancelled_task(ticket_id: int) -> None:
    """Give a visit's place back when its task was cancelled."""
    visits.follow_task(ticket_id)
    db.session.commit()


@shared_task(name="sweep_presence")
def sweep_presence() -> None:
    """Set offline whose desk has been closed for a while, and who has finished their shift and their work."""
    presence.sweep()
    db.session.commit()
    finishing = presence.finishing()
    presence.finish(set(finishing) - occupancy.busy(finishing))
    db.session.commit()


@shared_task(name="sweep_places")
def sweep_places() -> None:
    """Have places in the queue found anew that tiers, policies or queues have changed since."""
    while enqueue.place_outdated():
        db.session.commit()
    db.session.commit()


@shared_task(name="sweep_surveys")
def sweep_surveys() -> None:
    """Ask about what has been resolved for a while; end what waits for no answer any more; tell of late recoveries."""
    asking = (surveys.open_due, rated_calls.ask_by_text, surveys.withdraw_reopened, surveys.expire)
    for verb in (*asking, recoveries.warn_late):
        while verb():
            db.session.commit()
        db.session.commit()


@shared_task(name="watch_credit")
def watch_credit() -> None:
    """Tell whose exposure has passed their credit limit, or is within it again."""
    last: int | None = 0
    while last is not None:
        last = limits.watch(last)
        db.session.commit()


@shared_task(name="close_due")
def close_due() -> None:
    """Close what has been resolved for long enough."""
    before = clock.now() - timedelta(days=current_app.config["CC"].close_days)
    while lifecycle.close_due(before):
        db.session.commit()
    db.session.commit()


@shared_task(name="sweep_duplicates")
def sweep_duplicates() -> None:
    """Look whom customers who have changed may be the same as."""
    end = time.monotonic() + SWEEP_FOR / 3  # it is in no hurry, and after an import there is much to look through
    while duplicates.sweep() and time.monotonic() < end:
        db.session.commit()
    db.session.commit()


@shared_task(name="clear_up")
def clear_up() -> None:
    """Forget uploads nobody has sent, forms, desks long closed, codes, tries, old sounds; decide on deflections."""
    once.sweep()
    open_desks.forget()
    merging.forget()
    documents.forget()
    store.sweep(clock.now().hour, HOURS)
    codes.sweep()
    tries.sweep()
    call_sounds.sweep()
    blocked.lift_due()
    for ticket_id in visits.without_task():
        visits.follow_task(ticket_id)
    db.session.commit()
    while deflections.sweep():
        db.session.commit()
    while prompt_rules.sweep():
        db.session.commit()
    imports.sweep()
    needed = web_uploads.needed()
    db.session.commit()
    while uploads.sweep(needed):
        db.session.commit()
    db.session.commit()
