"""How texts are handled: what a part costs, when it is night, and the words by which a text is a command.

One row, made by the migration. The settings page changes it; whoever takes texts in or lets them out reads `known()`,
which is kept for two seconds.
"""

from __future__ import annotations

import re
import time as monotonic
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, db
from contact_center.text import amounts

MOST_WORDS, LONGEST_WORD = 40, 30
_FRESH_FOR = 2.0


class Word(StrEnum):
    """What a text that is one word, or begins with it, asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ORDER = "order"  # with the number behind it
    STATUS = "status"
    INFO = "info"  # with what they would like to know behind it


class TextSettings(Base):
    """The one row. Words are as `folded` makes them; in the quiet hours nothing leaves that can wait."""

    __tablename__ = "text_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 4), server_default=text("0.08"))
    currency: Mapped[str] = mapped_column(server_default="EUR")
    is_quiet: Mapped[bool] = mapped_column(server_default=text("true"))
    quiet_from: Mapped[time] = mapped_column(server_default="21:00")
    quiet_until: Mapped[time] = mapped_column(server_default="08:00")
    stop_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    start_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    help_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    order_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    status_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    info_words: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("price >= 0", name="price"))


@dataclass(frozen=True, slots=True)
class Known:
    """The settings as they are now. `words` leads from a folded word to what it asks for.

    `info` are those with a question behind them; alone, the same word may ask for help.
    """

    price: Decimal
    currency: str
    is_quiet: bool
    quiet_from: time
    quiet_until: time
    words: Mapping[str, Word]
    info: tuple[str, ...] = ()


_kept: list[tuple[float, Known]] = []


def known() -> Known:
    """The settings, at most two seconds old."""
    if not _kept or monotonic.monotonic() - _kept[0][0] > _FRESH_FOR:
        _kept[:] = [(monotonic.monotonic(), _read())]
    return _kept[0][1]


def current() -> TextSettings:
    """The row itself, for its page."""
    return db.session.get_one(TextSettings, 1)


def folded(typed: str) -> str:
    """A word as it is compared: whatever its case and width, without blanks and full stops around it."""
    return unicodedata.normalize("NFKC", typed).casefold().strip(" \t\r\n.!。,，;；'\"")


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """All fields out of a form. Raises Invalid with everything that is wrong."""
    fields: dict[str, Any] = {"is_quiet": form.get("is_quiet") == "1"}
    wrong: dict[str, str] = {}
    readers = {"price": _price, "currency": amounts.currency, "quiet_from": _hour, "quiet_until": _hour}
    for name, reader in (readers | {f"{word}_words": _words for word in Word}).items():
        try:
            fields[name] = reader(form.get(name, ""))
        except ValueError as error:
            wrong[name] = str(error)
    _refuse_twice(fields, wrong)
    Invalid.raise_for(wrong)
    return fields


def change(fields: Mapping[str, Any], version: int, actor: Agent | None) -> bool:
    """Change them together; returns whether anything did. Raises Stale."""
    row = current()
    db.session.refresh(row, with_for_update=True)
    changes = rows.change(row, fields, version, _("Somebody else has changed these settings in the meantime."))
    if changes:
        plain = {name: [str(old), str(new)] for name, (old, new) in changes.items()}
        log.record(Name.TEXT_SETTINGS_CHANGED, None, actor, changes=plain)
    _kept.clear()
    return bool(changes)


def forget() -> None:
    """Read again at the next call."""
    _kept.clear()


def _read() -> Known:
    row = current()
    words = {word: asks for asks in reversed(Word) for word in getattr(row, f"{asks}_words")}
    return Known(
        row.price, row.currency, row.is_quiet, row.quiet_from, row.quiet_until, words, tuple(row.info_words)
    )  # fmt: skip


def _price(typed: str) -> Decimal:
    return amounts.decimal(typed, Decimal(0), Decimal(100), places=4)


def _hour(typed: str) -> time:
    try:
        return time.fromisoformat(typed.strip())
    except ValueError:
        raise ValueError(_("Type a time of day, such as 21:00.")) from None


def _words(typed: str) -> list[str]:
    found = list(dict.fromkeys(word for part in re.split(r"[,，、\n]", typed) if (word := folded(part))))
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD or not word.isprintable() for word in found):
        raise ValueError(_("At most %(most)d words of %(longest)d characters.", most=MOST_WORDS, longest=LONGEST_WORD))
    return found


def _refuse_twice(fields: Mapping[str, Any], wrong: dict[str, str]) -> None:
    """A word asks for one thing; only one that asks for help may also stand in front of a question."""
    seen: set[str] = set()
    for word in Word:
        name = f"{word}_words"
        if word is Word.INFO:
            seen -= set(fields.get("help_words", ()))
        if twice := seen & set(fields.get(name, ())):
            wrong[name] = _("“%(word)s” stands in two lists.", word=min(twice))
        seen |= set(fields.get(name, ()))
    if "stop_words" in fields and not fields["stop_words"]:
        wrong["stop_words"] = _("Leave at least one word by which somebody can stop our texts.")
