"""One scripted day: calls come in, the crew answers, and the application's own clocks go on in the same virtual time.

The dispatcher turns when the bus nudges, and every few seconds, as it does in life; commands are carried out at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from flask import Flask

from carrier import Carrier
from contact_center.channels.phone import switchboard
from contact_center.demo.calling.company import Company
from contact_center.demo.calling.crew import Crew, Habits
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.routing import dispatcher

BEAT = 5.0  # seconds between two turns without any nudge
_WAKES = ("call.", "offer.", "interaction.", "presence.", "ticket.", "message.")


@dataclass(slots=True)
class _Bell:
    """Whether something has happened since somebody looked."""

    is_rung: bool = True

    def nudge(self, nudges: list[tuple[str, dict[str, int]]]) -> None:
        self.is_rung = self.is_rung or any(name.startswith(_WAKES) for name, _ids in nudges)


class Day:
    """A carrier, an application, agents; `run` lets time pass."""

    def __init__(
        self,
        app: Flask,
        start: datetime,
        agents: Sequence[int],
        habits: Habits | None = None,
        *,
        seed: int = 1,
        **options: Any,
    ) -> None:
        self.app, self._bell, self._beat_at, self._is_begun = app, _Bell(), 0.0, False
        self._watch = switchboard.Watch()
        self.company = Company(app, start, seed=seed, **options)
        self.carrier: Carrier = self.company.carrier
        self.crew = Crew(self.carrier, self.company.app_sid, list(agents), habits or Habits(), Random(seed), self.ask)

    def run(self, until: Callable[[], bool], limit: float = 7200.0) -> None:
        """Let things happen until *until* holds; raises CarrierError if it does not within so many seconds."""
        with bus.only(self._bell.nudge), self.company.at_work():
            if not self._is_begun:
                self._is_begun = True
                self.ask(self.crew.come)
            self.carrier.run_until(lambda: self._go_on(until), limit)

    def press(self, what: Callable[[], object]) -> None:
        """Let somebody press a button now, in the day's time."""
        with self.company.at_work():
            self.ask(what)

    def ask(self, what: Callable[[], object]) -> None:
        """Do something in the application, and commit it."""
        with self.app.app_context():
            what()
            db.session.commit()

    def _go_on(self, until: Callable[[], bool]) -> bool:
        """After each event of the carrier: what the application's own processes would do now."""
        now = self.carrier.now.timestamp()
        if self._bell.is_rung or now - self._beat_at >= BEAT:
            self._bell.is_rung, self._beat_at = False, now
            with self.app.app_context():
                self._work()
                return until()
        return False

    def _work(self) -> None:
        self._watch.turn()
        dispatcher.turn()
        self.crew.look()
        db.session.commit()
