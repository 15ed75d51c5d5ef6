"""The process that offers waiting work to agents."""

from __future__ import annotations

import logging
import signal
import time
from threading import Thread

import click
import psycopg
from flask import Flask

from contact_center.cli.opening import open_app
from contact_center.events import hearing
from contact_center.extensions import db

BEAT = 1.0  # seconds between two turns when nothing rings
SECOND_LOOK = 0.06  # seconds after which it looks again for what happened while it was busy
PATIENCE = 5.0  # seconds at most between two tries to reach the database

_log = logging.getLogger(__name__)


@click.command()
@click.option("--turns", type=int, help="Stop after so many turns.")
def dispatcher(turns: int | None) -> None:
    """Offer waiting work to the agents who are here. Two at once do no harm."""
    from contact_center.routing import bell  # the help needs none of it
    from contact_center.routing import dispatcher as routing

    signal.signal(signal.SIGTERM, _stop)
    app = open_app()
    with app.app_context():
        _Telephone(app).start()
        click.echo("dispatcher starts")
        ears, left = _Ears(bell.ROUTING), turns
        while left is None or left > 0:
            made = routing.turn()
            db.session.remove()
            if not made:
                ears.wait()
            left = left and left - 1


class _Telephone:
    """The telephone's own thread: the clocks of calls, and what the company is to do.

    The company may be slow to answer; nobody's offers wait for that. Without an account there is nothing to do.
    """

    def __init__(self, app: Flask) -> None:
        from contact_center.channels.phone import switchboard

        self._app = app
        self._watch = switchboard.Watch()

    def start(self) -> None:
        """Work from now on, as long as the process lives."""
        from contact_center.channels.twilio import account

        if account.is_set_up():
            Thread(target=self._work, name="telephone", daemon=True).start()

    def _work(self) -> None:
        from contact_center.routing import bell

        ears = _Ears(bell.TELEPHONE)
        while True:
            with self._app.app_context():
                ears.wait()
                self._turn()

    def _turn(self) -> None:
        try:
            self._watch.turn()
        except Exception:  # noqa: BLE001 (whatever it is, the next turn is due)
            _log.exception("a turn of the telephone failed")
            db.session.rollback()
            time.sleep(BEAT)


class _Ears:
    """Waits for a bell, at most a beat; a database that is away is waited for, too."""

    def __init__(self, which: str) -> None:
        self._which = which
        self._line: psycopg.Connection | None = None
        self._heard = False
        self._pause = BEAT

    def wait(self) -> None:
        """Return when there may be something to do."""
        from contact_center.routing import bell

        try:
            if self._line is None:
                self._line = bell.listening()
                self._line.execute(f"LISTEN {self._which}")
                self._line.execute("SELECT pg_try_advisory_lock_shared(%s)", (bell.AT_WORK,))
                return  # what happened before is looked for at once
            seconds = SECOND_LOOK if self._heard else BEAT
            self._heard = bool(hearing.told(self._line, seconds)) and not self._heard
            self._pause = BEAT
        except psycopg.Error as error:
            self._line = None
            _log.warning("the database does not answer: %s", type(error).__name__)
            time.sleep(self._pause)
            self._pause = min(2 * self._pause, PATIENCE)


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)
