"""Celery: what leaves the building, and the clocks. A task is a nudge, safe to lose and to repeat."""

from __future__ import annotations

import time
from typing import Any

from celery import Task
from flask import Flask

from contact_center.calls import recordings as made
from contact_center.channels.sms import adapter as sms
from contact_center.channels.sms import media
from contact_center.extensions import celery, db
from contact_center.jobs import deadlines, recordings, tasks, texts
from contact_center.jobs import knowledge as knowledge  # its tasks are found by being imported
from contact_center.jobs import promises as promises  # its tasks are found by being imported
from contact_center.jobs import report_letters as report_letters  # its tasks are found by being imported
from contact_center.jobs import reports as reports  # its tasks are found by being imported
from contact_center.jobs import value as value  # its tasks are found by being imported
from contact_center.selfservice import codes

# A lost worker's tasks come back after this; no task may run longer (see `task_time_limit`).
VISIBILITY_TIMEOUT = 600

SCHEDULE = {
    "sweep-outbox": {"task": "sweep_outbox", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-inbox": {"task": "sweep_inbox", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-reports": {"task": "sweep_reports", "schedule": 2.0, "options": {"expires": 2}},
    "sweep-texts": {"task": "sweep_texts", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-recordings": {"task": "sweep_recordings", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-imports": {"task": "sweep_imports", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-presence": {"task": "sweep_presence", "schedule": 15.0, "options": {"expires": 15}},
    "sweep-places": {"task": "sweep_places", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-surveys": {"task": "sweep_surveys", "schedule": 60.0, "options": {"expires": 60}},
    "watch-credit": {"task": "watch_credit", "schedule": 300.0, "options": {"expires": 300}},
    "sweep-promises": {"task": "sweep_promises", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-deadlines": {"task": "sweep_deadlines", "schedule": 5.0, "options": {"expires": 5}},
    "retarget-deadlines": {"task": "retarget_deadlines", "schedule": 60.0, "options": {"expires": 60}},
    "sweep-complaints": {"task": "sweep_complaints", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-tiers": {"task": "sweep_tiers", "schedule": 60.0, "options": {"expires": 60}},
    "count-value": {"task": "count_value", "schedule": 1800.0, "options": {"expires": 1800}},
    "send-reports": {"task": "send_reports", "schedule": 60.0, "options": {"expires": 60}},
    "close-due": {"task": "close_due", "schedule": 900.0, "options": {"expires": 900}},
    "sweep-knowledge": {"task": "sweep_knowledge", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-duplicates": {"task": "sweep_duplicates", "schedule": 60.0, "options": {"expires": 60}},
    "clear-up": {"task": "clear_up", "schedule": 3600.0, "options": {"expires": 3600}},
}

# Which event wakes which task; the argument is the id the event names.
WHEN = {
    "outgoing.queued": (tasks.deliver, "outgoing"),
    sms.KEPT: (texts.file_texts, "raw_message"),
    media.DUE: (texts.fetch_text_media, "raw_message"),
    made.NOTED: (recordings.keep_recording, "recording"),
    "import.started": (tasks.bring_in, "import_run"),
    codes.REQUESTED: (tasks.write_sign_in_code, "sign_in_code"),
    "task.cancelled": (tasks.follow_cancelled_task, "ticket"),
    "sla_policy.changed": (deadlines.retarget_deadlines, "sla_policy"),
    "calendar.changed": (deadlines.retarget_deadlines, "calendar"),
    "queue.changed": (deadlines.retarget_deadlines, "queue"),
    "contract.changed": (deadlines.follow_contract, "service_contract"),
    "tier.overridden": (deadlines.retarget_deadlines, "customer"),
    "tiers.applied": (deadlines.retarget_deadlines, "tier_run"),
}


def configure(app: Flask) -> None:
    """Bind Celery to *app*: its broker, its schedule, and an application context around every task."""

    class InContext(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                try:
                    return self.run(*args, **kwargs)
                finally:
                    db.session.remove()

    celery.Task = InContext
    celery.set_default()  # for every thread: shared tasks find their application by it
    celery.conf.update(
        broker_url=app.config["CC"].broker_url,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 10,  # a killed worker's tasks are back within seconds, not minutes
            "unacked_restore_throttle": 1,
            "socket_timeout": 30,  # redis-py's own default of 5 s kills blocking reads
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 25,
        },
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_time_limit=300,
        task_publish_retry=False,  # a nudge that cannot be given is made up for by the sweeper
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        timezone="UTC",
        beat_schedule=SCHEDULE,
        beat_scheduler="celery.beat.Scheduler",  # in memory: every due time that matters is a column
    )


def nudge(nudges: list[tuple[str, dict[str, int]]]) -> None:
    """Subscriber of the bus: wake the tasks that wait for what happened.

    At most so many a second from one process: in a burst of mail the sweeper sends the rest, in far fewer messages.
    """
    for name, ids in nudges:
        if name in WHEN and _pace.allows():
            task, what = WHEN[name]
            task.apply_async((ids[what],), expires=120)


class _Pace:
    """Allows so many calls in each second."""

    def __init__(self, a_second: int) -> None:
        self.a_second, self._second, self._calls = a_second, 0, 0

    def allows(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._calls = second, 0
        self._calls += 1
        return self._calls <= self.a_second


_pace = _Pace(10)
