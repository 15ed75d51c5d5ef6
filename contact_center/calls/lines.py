"""What callers of a number of ours are greeted with and may choose, in every language it speaks; its hours and policy.

Settings pages change the rows; the telephone reads them as frozen values, kept in memory for two seconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.extensions import Base, db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue

_FRESH_FOR = 2.0


class Does(StrEnum):
    """What a choice of the menu leads to: a step of `channels.phone.flow`."""

    QUEUE = "queue"
    ORDER = "order"
    TICKET = "ticket"
    HOURS = "hours"
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

    def greeting(self, language: str) -> str:
        return self.greetings.get(language, "")

    def closed(self, language: str) -> str:
        return self.closings.get(language, "")

    def choice(self, key: str) -> Choice | None:
        return next((one for one in self.choices if one.key == key), None)

    def words(self, language: str) -> dict[str, str]:
        """Key → what the choice is called, in *language* or the line's own."""
        return {one.key: one.words.get(language) or one.words.get(self.language, "") for one in self.choices}


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    lines: dict[int, Line] = field(default_factory=dict)


_known = _Known()


def of(number_id: int | None) -> Line | None:
    """How calls to that number are received; None if it takes none, or is not ours."""
    return _fresh().get(number_id or 0)


def is_open(line: Line) -> bool:
    """Whether the queue that the number feeds works now."""
    queue = db.session.get(Queue, line.queue_id)
    return queue is None or calendars.hours(queue.calendar_id).is_open(clock.now())


def forget() -> None:
    """Read again at the next call; for whoever has just changed a number or a line."""
    _known.read_at = -10.0


def _fresh() -> dict[int, Line]:
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        rows = {row.number_id: row for row in db.session.scalars(select(CallLine))}
        _known.lines = {
            number.id: _line(number, rows.get(number.id)) for number in places.numbers().values() if number.takes_calls
        }
        _known.read_at = time.monotonic()
    return _known.lines


def _line(number: places.OwnNumber, row: CallLine | None) -> Line:
    common = (number.id, number.address, number.language, number.queue_id)
    if row is None:
        return Line(*common, (number.language,))
    others = tuple(code for code in row.languages if code != number.language)
    choices = tuple(
        Choice(one["key"], Does(one["does"]), one.get("words", {}), one.get("queue_id"), one.get("kind"))
        for one in row.choices
    )
    return Line(
        *common, (number.language, *others), row.greetings, row.closed, choices,
        row.takes_voicemail, row.calls_back, row.asks_rating,
    )  # fmt: skip
