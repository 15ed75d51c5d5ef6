"""Sounds that callers of a number hear: prompts that somebody has recorded, and music. Kept, replaced, taken back.

Settings' door calls the verbs, `lines` reads what is in use. The telephone company fetches sounds without proving who
it is, so each has a key that nobody can guess, and is never changed: another sound has another key. Verbs never commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls.wording import Prompt
from contact_center.config import LANGUAGES
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, BigId, db
from contact_center.files import names, sounds, store
from contact_center.files.models import File
from contact_center.mailboxes.numbers import PhoneNumber

FOLDER = "/sounds"  # under which the phone's door gives them out
MUSIC = "music"
MOST_PIECES = 8
KEPT_FOR = timedelta(days=7)  # what was taken away, so that it can be brought back
SILENCE = 3.0  # seconds: whoever hears nothing for longer thinks that the line is dead


class Bounds(NamedTuple):
    """How much a sound may be: seconds, and bytes."""

    shortest: float
    longest: float
    size: int


PROMPT_BOUNDS = Bounds(0.3, 180, 10 * 1024 * 1024)
MUSIC_BOUNDS = Bounds(5, 1200, 24 * 1024 * 1024)


class CallSound(Base):
    """One sound of a number: a prompt in a language, or a piece of its music (then `language` is empty)."""

    __tablename__ = "call_sound"

    id: Mapped[BigId]
    number_id: Mapped[int] = mapped_column(ForeignKey("phone_number.id", ondelete="CASCADE"))
    prompt: Mapped[str]  # a name of `wording.Prompt`, or "music"
    language: Mapped[str] = mapped_column(server_default="")
    key: Mapped[str] = mapped_column(unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    content_type: Mapped[str]
    seconds: Mapped[float]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    file: Mapped[File] = relationship(lazy="joined")

    __table_args__ = (
        Index("uq_call_sound_prompt", "number_id", "prompt", "language", unique=True,
              postgresql_where=text("removed_at IS NULL AND prompt <> 'music'")),
        Index("ix_call_sound_number", "number_id"),
        CheckConstraint("(prompt = 'music') = (language = '')", name="music_has_no_language"),
        CheckConstraint("seconds > 0", name="seconds"),
    )  # fmt: skip

    @property
    def path(self) -> str:
        """Where it is fetched."""
        return f"{FOLDER}/{self.key}.{'wav' if self.content_type == 'audio/wav' else 'mp3'}"

    @property
    def is_there(self) -> bool:
        """Whether the disk still has it: what is lost is not promised to callers."""
        try:
            return store.path_of(self.file).exists()
        except FileNotFoundError:
            return False


def in_use(number_ids: Iterable[int] | None = None) -> list[CallSound]:
    """The sounds that callers hear, of these numbers or of all; pieces of music in their order."""
    asked = select(CallSound).where(CallSound.removed_at.is_(None)).order_by(CallSound.id)
    if number_ids is not None:
        asked = asked.where(CallSound.number_id.in_(list(number_ids)))
    return list(db.session.scalars(asked))


def of_key(key: str) -> CallSound | None:
    """The sound with that key, also one that was taken away a moment ago: somebody may be hearing it."""
    return db.session.scalar(select(CallSound).where(CallSound.key == key))


def add(number: PhoneNumber, prompt: str, language: str, name: str, data: bytes, actor: Agent) -> CallSound:
    """Let callers hear this from now on, instead of what they heard. Raises Invalid for field "sound"."""
    _lock(number)
    found = _checked(data, MUSIC_BOUNDS if prompt == MUSIC else PROMPT_BOUNDS, is_music=prompt == MUSIC)
    if prompt == MUSIC:
        language = ""
        _check_room(number)
    elif prompt not in list(Prompt) or language not in LANGUAGES:
        raise _wrong(_("Choose what the recording is for."))
    else:
        _take_away(CallSound.number_id == number.id, CallSound.prompt == prompt, CallSound.language == language)
    row = CallSound(
        number_id=number.id, prompt=prompt, language=language, key=secrets.token_urlsafe(24),
        file_id=store.put(data), name=names.safe(name, otherwise=f"{prompt}.{found.ending}"),
        content_type=found.content_type, seconds=round(found.seconds, 1), added_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record(number, actor, row, "added")
    return row


def remove(number: PhoneNumber, sound: CallSound, actor: Agent) -> None:
    """Let callers hear words, or our own music, again. It can be brought back for some days."""
    _lock(number)
    if _take_away(CallSound.id == sound.id):
        _record(number, actor, sound, "removed")


def bring_back(number: PhoneNumber, sound: CallSound, actor: Agent) -> None:
    """Use a sound again that was taken away, or that another one has replaced."""
    _lock(number)
    db.session.refresh(sound)
    if sound.removed_at is None:
        return
    if not sound.is_there:
        raise IllegalMove(_("This recording is not kept any more. Upload it again."))
    if sound.prompt == MUSIC:
        _check_room(number)
    else:
        same = (CallSound.prompt == sound.prompt, CallSound.language == sound.language)
        _take_away(CallSound.number_id == number.id, *same)
    sound.removed_at = None
    db.session.flush()
    _record(number, actor, sound, "brought back")


def sweep() -> None:
    """Forget what was taken away long ago. Commits nothing."""
    old = delete(CallSound).where(CallSound.removed_at < clock.now() - KEPT_FOR)
    for file_id in set(db.session.scalars(old.returning(CallSound.file_id))):
        store.discard(file_id)


def _checked(data: bytes, bounds: Bounds, *, is_music: bool) -> sounds.Sound:
    if not data:
        raise _wrong(_("Choose a file."))
    if len(data) > bounds.size:
        raise _wrong(_("The file is too large: %(most)d MB at most. As MP3 it is much smaller.",
                       most=bounds.size // 1024 // 1024))  # fmt: skip
    try:
        found = sounds.look(data)
    except sounds.Unknown as unknown:
        raise _wrong(_unknown(str(unknown))) from None
    if found.seconds < bounds.shortest:
        raise _wrong(_("It is too short: %(least)s seconds at least.", least=f"{bounds.shortest:g}"))
    if found.seconds > bounds.longest:
        raise _wrong(_("It is too long: %(most)d minutes at most.", most=bounds.longest // 60))
    if is_music and found.quiet_for > SILENCE:
        at = f"{int(found.quiet_at) // 60}:{int(found.quiet_at) % 60:02}"
        raise _wrong(_("At %(at)s it is silent for %(seconds)d seconds: callers would think that the line is dead. "
                       "Cut that out.", at=at, seconds=round(found.quiet_for)))  # fmt: skip
    return found


def _unknown(why: str) -> str:
    if why == "coding":
        return _("This WAV cannot be played on a telephone. Save it with 16 bits, mono, 8 to 48 kHz, or as MP3.")
    if why in ("broken", "empty"):
        return _("There is no sound in this file, or it is damaged. Open it in a player, and save it anew.")
    return _("This is neither WAV nor MP3, whatever its name says. Save the recording as one of them.")


def _check_room(number: PhoneNumber) -> None:
    pieces = [one for one in in_use([number.id]) if one.prompt == MUSIC]
    if len(pieces) >= MOST_PIECES:
        raise _wrong(_("Not more than %(most)d pieces. Take one out first.", most=MOST_PIECES))


def _take_away(*which: object) -> list[int]:
    gone = update(CallSound).where(*which, CallSound.removed_at.is_(None))  # type: ignore[arg-type]
    return list(db.session.scalars(gone.values(removed_at=clock.now()).returning(CallSound.id)))


def _lock(number: PhoneNumber) -> None:
    """Of two who change the sounds of a number one waits."""
    db.session.refresh(number, with_for_update={"key_share": True})


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, {"sound": sentence})


def _record(number: PhoneNumber, actor: Agent, sound: CallSound, what: str) -> None:
    said = {"prompt": sound.prompt, "language": sound.language, "name": sound.name, "what": what}
    log.record(Name.CALL_LINE_CHANGED, None, actor, number=number.id, address=number.address, sound=said)
