"""One scripted day: calls come in, the crew answers, and the application's own clocks go on in the same virtual time.

The dispatcher and its telephone turn when their bell rings, and every few seconds, as they do in life.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from flask import Flask

from carrier import Carrier
from contact_center.calls import invariants
from contact_center.calls.invariants import Broken
from contact_center.channels.phone import switchboard
from contact_center.demo.calling.company import Company
from contact_center.demo.calling.crew import Crew, Habits
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import bell, dispatcher

BEAT = 5.0  # seconds between two turns in which nothing happened


@dataclass(slots=True)
class _Bells:
    """Whether something has happened since somebody looked, and which bells it rang."""

    is_news: bool = True
    rings: bool = True  # at some agent's desk
    rung: set[str] = field(default_factory=lambda: {bell.ROUTING, bell.TELEPHONE})

    def nudge(self, nudges: list[tuple[str, dict[str, int]]]) -> None:
        self.is_news = True
        self.rings = self.rings or any(name == Name.OFFER_MADE for name, _ids in nudges)
        self.rung.update(bell.concerned(nudges))


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
        self.app, self._bells, self._beat_at, self._is_begun = app, _Bells(), 0.0, False
        self._watch = switchboard.Watch()
        self.is_watched = False
        self.broken: set[Broken] = set()  # while it is watched: rules of calls that did not hold after some event
        self.company = Company(app, start, seed=seed, **options)
        self.carrier: Carrier = self.company.carrier
        self.crew = Crew(self.carrier, self.company.app_sid, list(agents), habits or Habits(), Random(seed), self.ask)

    def run(self, until: Callable[[], bool], limit: float = 7200.0) -> None:
        """Let things happen until *until* holds; raises CarrierError if it does not within so many seconds."""
        with bus.only(self._nudge), self.company.at_work():
            if not self._is_begun:
                self._is_begun = True
                self.ask(self.crew.come)
            self.carrier.run_until(lambda: self._go_on(until), limit)

    def press(self, what: Callable[[], object]) -> None:
        """Let somebody press a button now, in the day's time."""
        with bus.only(self._nudge), self.company.at_work():
            self.ask(what)

    def ask(self, what: Callable[[], object]) -> None:
        """Do something in the application, and commit it."""
        with self.app.app_context():
            what()
            db.session.commit()

    def _nudge(self, nudges: list[tuple[str, dict[str, int]]]) -> None:
        self._bells.nudge(nudges)

    def _go_on(self, until: Callable[[], bool]) -> bool:
        """After each event of the carrier: what the application's own processes would do now."""
        if self.is_watched:
            self._look()
        is_due = self.carrier.now.timestamp() - self._beat_at >= BEAT
        if not is_due and not self._bells.is_news:
            return False
        bells, self._bells = self._bells, _Bells(is_news=False, rings=self._bells.rings, rung=set())
        with self.app.app_context():
            self._work(bells.rung, is_due=is_due)
            return until()

    def _look(self) -> None:
        with self.app.app_context():
            self.broken |= set(invariants.broken())

    def _work(self, rung: set[str], *, is_due: bool) -> None:
        now = self.carrier.now.timestamp()
        if bell.TELEPHONE in rung or now - self._watch.swept_at >= switchboard.SWEEPS:
            self._watch.turn()
        if is_due or bell.ROUTING in rung:
            self._beat_at = now
            dispatcher.turn()
        if is_due or self._bells.rings:
            self._bells.rings = False
            self.crew.look()
            db.session.commit()
