"""What callers of a number of ours are greeted with and may choose, in every language it speaks; its hours and policy.

Settings pages change the rows; the telephone reads them and the hours as frozen values, kept in memory for 2 seconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import Hours
from contact_center.calls import sounds, wording
from contact_center.calls.models import Policy
from contact_center.calls.sounds import CallSound
from contact_center.calls.wording import Prompt
from contact_center.extensions import Base, db, states
from contact_center.mailboxes import places
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.statement import Statement

_FRESH_FOR = 2.0


class Does(StrEnum):
    """What a choice of the menu leads to: a step of `channels.phone.flow`."""

    QUEUE = "queue"
    ORDER = "order"
    TICKET = "ticket"
    HOURS = "hours"
    ARTICLE = "article"
    VOICEMAIL = "voicemail"


class CallLine(Base):
    """How calls to one number are received. A number without a row greets and puts through."""

    __tablename__ = "call_line"

    number_id: Mapped[int] = mapped_column(ForeignKey("phone_number.id", ondelete="CASCADE"), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # besides the number's own
    greetings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # language → text
    closed: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # likewise, outside the hours
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))  # see `Choice`
    takes_voicemail: Mapped[bool] = mapped_column(server_default=text("false"))  # outside the hours, and where chosen
    calls_back: Mapped[bool] = mapped_column(server_default=text("false"))  # offers it to who waits
    asks_rating: Mapped[bool] = mapped_column(server_default=text("false"))  # on the keypad, after the agent
    helps_when_closed: Mapped[bool] = mapped_column(server_default=text("false"))  # the menu outside the hours, too
    prompts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # other prompts → language → text
    records: Mapped[Policy] = mapped_column(states(Policy), server_default=Policy.NEVER)
    version: Mapped[int] = mapped_column(server_default=text("1"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: press `key`. `words` is what it is called, by language; `queue_id` where it leads, if elsewhere."""

    key: str
    does: Does
    words: Mapping[str, str]
    queue_id: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording: where it is fetched, what its file is called."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the telephone needs to know of a number. `languages` holds its own first."""

    number_id: int
    address: str
    language: str
    queue_id: int
    languages: tuple[str, ...]
    greetings: Mapping[str, str] = field(default_factory=dict)
    closings: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    takes_voicemail: bool = False
    calls_back: bool = False
    asks_rating: bool = False
    helps_when_closed: bool = False
    records: Policy = Policy.NEVER
    prompts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sounds: Mapping[tuple[str, str], Sound] = field(default_factory=dict)  # prompt and language → the recording
    music: tuple[Sound, ...] = ()

    def greeting(self, language: str) -> str:
        return self.greetings.get(language, "")

    def said(self, prompt: Prompt, language: str) -> str:
        """The words that somebody has chosen for a prompt, else the usual ones."""
        own = {Prompt.GREETING: self.greetings, Prompt.CLOSED: self.closings}.get(prompt) or self.prompts.get(prompt)
        return (own or {}).get(language) or wording.usual(prompt, language)

    def choice(self, key: str) -> Choice | None:
        return next((one for one in self.choices if one.key == key), None)

    def words(self, language: str) -> dict[str, str]:
        """Key → what the choice is called, in *language* or the line's own."""
        return {one.key: one.words.get(language) or one.words.get(self.language, "") for one in self.choices}


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    lines: dict[int, Line] = field(default_factory=dict)
    hours: dict[int, Hours] = field(default_factory=dict)  # of queues that numbers feed, as far as they were asked for


_known = _Known()
_CALENDAR = Statement("SELECT calendar_id FROM queue WHERE id = :id")


def of(number_id: int | None) -> Line | None:
    """How calls to that number are received; None if it takes none, or is not ours."""
    return _fresh().get(number_id or 0)


def shown(number: PhoneNumber) -> Line:
    """How calls to *number* would be received, also while it takes none; read now, for a settings page."""
    kept = [one for one in sounds.in_use([number.id]) if one.is_there]
    return _line(number, db.session.get(CallLine, number.id), kept)


def is_open(line: Line) -> bool:
    """Whether the queue that the number feeds works now."""
    return _hours(line.queue_id).is_open(clock.now())


def is_holiday(line: Line) -> bool:
    """Whether today is free by the calendar of that queue, and not only a weekday without hours."""
    hours = _hours(line.queue_id)
    return hours.name_of(clock.now().astimezone(ZoneInfo(hours.zone)).date()) is not None


def forget() -> None:
    """Read again at the next call; for whoever has just changed a number or a line."""
    _known.read_at = -10.0


def _hours(queue_id: int) -> Hours:
    _fresh()
    if queue_id not in _known.hours:
        queue = _CALENDAR.one({"id": queue_id})
        _known.hours[queue_id] = calendars.hours(queue.calendar_id if queue else None)
    return _known.hours[queue_id]


def _fresh() -> dict[int, Line]:
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        rows = {row.number_id: row for row in db.session.scalars(select(CallLine))}
        kept = _sounds()
        _known.lines = {
            number.id: _line(number, rows.get(number.id), kept.get(number.id, []))
            for number in places.numbers().values() if number.takes_calls
        }  # fmt: skip
        _known.hours = {}
        _known.read_at = time.monotonic()
    return _known.lines


def _sounds() -> dict[int, list[CallSound]]:
    """By number. What the disk has lost is not played: the words are said instead, and our own music."""
    found: dict[int, list[CallSound]] = {}
    for one in sounds.in_use():
        if one.is_there:
            found.setdefault(one.number_id, []).append(one)
    return found


def _line(number: places.OwnNumber | PhoneNumber, row: CallLine | None, kept: Sequence[CallSound]) -> Line:
    line = Line(
        number.id, number.address, number.language, number.queue_id, (number.language,),
        sounds={(one.prompt, one.language): Sound(one.path, one.name) for one in kept if one.language},
        music=tuple(Sound(one.path, one.name) for one in kept if one.prompt == sounds.MUSIC),
    )  # fmt: skip
    if row is None:
        return line
    others = tuple(code for code in row.languages if code != number.language)
    choices = tuple(
        Choice(one["key"], Does(one["does"]), one.get("words", {}), one.get("queue_id"), one.get("kind"))
        for one in row.choices
    )
    return replace(
        line, languages=(number.language, *others), greetings=row.greetings, closings=row.closed, choices=choices,
        takes_voicemail=row.takes_voicemail, calls_back=row.calls_back, asks_rating=row.asks_rating,
        helps_when_closed=row.helps_when_closed, prompts=row.prompts, records=row.records,
    )  # fmt: skip
