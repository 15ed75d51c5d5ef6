"""What keeping the roll-ups true costs the intake, and how far they are behind.

The same mails come in with the triggers that note changes and without them, in turn, medians. Then what was noted is followed, as the
clock of the product does. Counted is the processor's time of our process and of the server's that works for it, which a busy machine
hardly changes; the follower works beside the intake, and all of it counts as cost, as if there were one core. The lag is
measured at its worst, with another process that follows every two seconds while mails come in: from the commit of the last mail of the
burst until a report shows it.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "floors"))

from _ground import figure, start_app
from corpus import corpus
from mail_in import take_in
from sqlalchemy import text

from contact_center import clock
from contact_center.extensions import db
from contact_center.reports import asking, sweeping
from contact_center.reports.question import Question

MAILS = int(os.environ.get("BENCH_MAILS", "2000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
EVERY = 2.0  # seconds, as the clock of the product
_NOTED = ("interaction", "ticket", "handling", "deadline", "entitlement_check")


def main() -> None:
    raws = [raw for _, raw in corpus(MAILS)]
    without, noting, following = [], [], []
    for _ in range(RUNS):
        without.append(_ingest(raws, notes=False))
        noting.append(_ingest(raws, notes=True))
        following.append(_followed())
    plain, noted, followed = (1000 * statistics.median(each) / MAILS for each in (without, noting, following))
    figure("mail in, without roll-ups", plain, "ms/mail")
    figure("mail in, changes noted", noted, "ms/mail", plain)
    figure("changes of a mail followed", followed, "ms/mail", plain)
    figure("cost of the roll-ups (goal: 5 at most)", 100 * (noted + followed - plain) / plain, "%")
    figure("roll-ups behind the last mail of a burst (goal: 5 at most)", _lag(raws), "s")


def _ingest(raws: list[bytes], *, notes: bool) -> float:
    """Seconds for all mails."""
    with start_app(empty=True).app_context():
        _switch(on=notes)
        sweeping.rebuild(db.session.commit)
        started = _worked()
        take_in(raws, "m")
        return _worked() - started


def _followed() -> float:
    """Seconds for following what the last run has noted."""
    with start_app().app_context():
        started = _worked()
        while sweeping.sweep():
            db.session.commit()
        db.session.commit()
        return _worked() - started


def _worked() -> float:
    """Seconds of processor time: ours, and that of the server's process on our connection."""
    backend = db.session.scalar(text("SELECT pg_backend_pid()"))
    spent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    db.session.rollback()
    return time.process_time() + (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def _lag(raws: list[bytes]) -> float:
    with start_app(empty=True).app_context():
        _switch(on=True)
        sweeping.rebuild(db.session.commit)
        follower = multiprocessing.Process(target=_follow)
        follower.start()
        take_in(raws, "m")
        lag = _until_told()
        follower.terminate()
        follower.join()
        return lag


def _switch(*, on: bool) -> None:
    for table in _NOTED:
        for (trigger,) in db.session.execute(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) AND tgname LIKE 'report_%'"),
            {"name": table},
        ).all():
            db.session.execute(text(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {trigger}"))
    db.session.execute(text("TRUNCATE report_change"))
    db.session.commit()


def _follow() -> None:
    with start_app().app_context():
        while True:
            began = time.perf_counter()
            while sweeping.sweep():
                db.session.commit()
            db.session.commit()
            time.sleep(max(0.0, EVERY - (time.perf_counter() - began)))


def _until_told() -> float:
    wanted = db.session.scalar(text("SELECT count(*) FROM interaction WHERE direction = 'IN'"))
    began = time.perf_counter()
    while True:
        db.session.rollback()
        until = clock.now() + timedelta(days=1)
        asked = Question(("offered",), None, until - timedelta(days=400), until)
        if asking.answer(None, asked).total.figures["offered"].value == wanted:
            return time.perf_counter() - began
        time.sleep(0.05)


if __name__ == "__main__":
    main()
