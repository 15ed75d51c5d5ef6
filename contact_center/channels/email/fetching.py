"""Fetch what is new in one IMAP folder, so that nothing is lost and nothing stored twice. Driven by `mailbox.Fetcher`.

A mail is known by (UIDVALIDITY, UID). What the server lists and the raw rows do not know is fetched, kept (commit),
and only then marked as read and counted off. `last_uid` is a short cut, never a promise: below it a window is compared
at every look, and the whole folder once a day, at the start, and whenever the server's numbers went backwards.
"""

from __future__ import annotations

import imaplib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contact_center import clock
from contact_center.channels.base import RawMessage
from contact_center.channels.email import connecting, progress
from contact_center.channels.email.adapter import HELD_BACK
from contact_center.channels.email.connecting import Server
from contact_center.channels.email.explaining import NoSuchFolder

GROUP = 50  # mails per FETCH
GROUP_BYTES = 20 * 1024 * 1024
WINDOW = 500  # UIDs below the last one that are looked at again: mails may appear out of order
CHUNK = 500  # numbers per command: some servers take lines of 8 KB at most
SLOWEST = 16 * 1024  # bytes per second below which a server is taken for dead
TRIES = 3  # then a mail the server does not hand out is held back
_OLDEST = timedelta(days=7)  # an older arrival was moved here from elsewhere: it counts from now

Keep = Callable[[Sequence[RawMessage]], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What fetching needs to know of a mailbox: a copy, so that no database session stays open."""

    mailbox_id: int
    address: str
    version: int
    server: Server
    folder: str
    marks_seen: bool
    since: date | None
    max_bytes: int
    authserv_id: str | None = None
    patience: float = connecting.PATIENCE


@dataclass(slots=True)
class Memory:
    """What outlives a connection: mails that made trouble, how often, and when the whole folder was compared."""

    tries: Counter[int] = field(default_factory=Counter)
    validity: int | None = None
    compared_at: float | None = None  # on the monotonic clock
    kept: int = 0  # mails kept so far: whether a session got anywhere

    def is_due(self) -> bool:
        return self.compared_at is None or time.monotonic() - self.compared_at > 86_400


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail on the server that we have not kept."""

    uid: int
    size: int
    arrived: datetime | None
    external_id: str


class Folder:
    """A selected folder. `keep` commits what it is given."""

    def __init__(self, client: Any, source: Source, memory: Memory, keep: Keep) -> None:
        self.client = client
        self.source = source
        self.memory = memory
        self.keep = keep
        self.validity = 0
        self.last_uid = 0
        self.went_back = False
        self._is_first = True

    def open(self) -> None:
        """Select the folder and find out where we stand. Raises NoSuchFolder."""
        told = select(self.client, self.source.folder, readonly=not self.source.marks_seen)
        self.validity = int(told.get(b"UIDVALIDITY") or 0)
        stored = progress.read(self.source.mailbox_id)
        next_uid = int(told.get(b"UIDNEXT") or 0)
        is_same = stored.validity == self.validity
        self.last_uid = stored.last_uid if is_same else 0
        self.went_back = is_same and 0 < next_uid <= self.last_uid
        if self.went_back:
            self.last_uid = next_uid - 1
        if not is_same or self.went_back:
            _log.info("mailbox %s: its numbers begin anew, comparing everything", self.source.address)
            progress.start_over(self.source.mailbox_id, self.validity, self.last_uid)
        if self.memory.validity != self.validity:
            self.memory.tries.clear()
            self.memory.validity = self.validity

    def look(self) -> int:
        """Fetch what is new: near the end of the folder, or in all of it where that is due. Returns how many."""
        before = self.memory.kept
        everything = self.memory.is_due() or self.went_back
        listed = self._list(1 if everything else max(1, self.last_uid - WINDOW))
        letters = [letter for chunk in _chunks(listed, CHUNK) for letter in self._unknown(chunk, everything)]
        self._is_first = False
        self._take(letters, max(listed, default=0))
        if everything:
            self.memory.compared_at = time.monotonic()
            self.went_back = False
        return self.memory.kept - before

    def _list(self, first: int) -> list[int]:
        criteria: list[Any] = ["UID", f"{first}:*"]
        if self.source.since:
            criteria += ["SINCE", self.source.since]
        with self._in_time():
            return sorted(uid for uid in self.client.search(criteria) if uid >= first)

    def _unknown(self, uids: Sequence[int], everything: bool) -> list[Letter]:
        """Those of *uids* that we have not kept.

        A number that we know is believed within a session; in its first look, and above `last_uid`, the date of arrival
        has to agree as well.
        """
        known = progress.known(self._ids(uids))
        doubts = everything or self._is_first
        asked = [uid for uid in uids if doubts or uid > self.last_uid or self._id(uid) not in known]
        if not everything:
            asked = [uid for uid in asked if f"{self._id(uid)}:{HELD_BACK}" not in known]
        if not asked:
            return []
        with self._in_time():
            told = self.client.fetch(asked, ["RFC822.SIZE", "INTERNALDATE"])
        letters = [self._letter(uid, told[uid], known) for uid in asked if uid in told]
        reused = progress.known([letter.external_id for letter in letters if letter.external_id not in known])
        return [letter for letter in letters if letter.external_id not in known and letter.external_id not in reused]

    def _letter(self, uid: int, told: dict[bytes, Any], known: dict[str, str | None]) -> Letter:
        """A number that we know with another date of arrival has been given out again: it gets a longer id."""
        arrived = told.get(b"INTERNALDATE")
        stamp = arrived.astimezone(UTC).isoformat() if arrived else None
        external_id = self._id(uid)
        if arrived and known.get(external_id) not in (None, stamp):
            external_id = f"{external_id}:{int(arrived.timestamp())}"
        return Letter(uid, int(told.get(b"RFC822.SIZE") or 0), arrived, external_id)

    def _id(self, uid: int) -> str:
        return f"imap:{self.source.mailbox_id}:{self.validity}:{uid}"

    def _ids(self, uids: Sequence[int]) -> list[str]:
        return [f"{self._id(uid)}{suffix}" for uid in uids for suffix in ("", f":{HELD_BACK}")]

    def _take(self, letters: list[Letter], highest: int) -> None:
        """Fetch *letters*, troublesome ones last and alone. `last_uid` never passes one that is still out."""
        tries = self.memory.tries
        out = {letter.uid for letter in letters}
        for group in _groups(sorted(letters, key=lambda letter: (tries[letter.uid], letter.uid)), tries):
            self._fetch(group)
            out -= {letter.uid for letter in group if tries[letter.uid] == 0}
            self._advance(min(out) - 1 if out else highest)
        self._advance(min(out) - 1 if out else highest)

    def _fetch(self, group: list[Letter]) -> None:
        """Fetch, keep, mark. Each mail's try is noted before, so that one that breaks the connection is found out."""
        tries = self.memory.tries
        held = [letter for letter in group if letter.size > self.source.max_bytes or tries[letter.uid] >= TRIES]
        wanted = [letter for letter in group if letter not in held]
        for letter in wanted:
            tries[letter.uid] += 1
        self.keep([self._hold_back(letter) for letter in held])
        got = self._bodies(wanted)
        self.keep([self._raw(letter, got[letter.uid]) for letter in wanted if letter.uid in got])
        self.memory.kept += len(got)
        self._mark(list(got))
        progress.no_longer_held_back([letter.external_id for letter in wanted if letter.uid in got])
        for uid in (*got, *(letter.uid for letter in held)):
            tries.pop(uid, None)

    def _bodies(self, letters: list[Letter]) -> dict[int, bytes]:
        if not letters:
            return {}
        with self._in_time(sum(letter.size for letter in letters)):
            told = self.client.fetch([letter.uid for letter in letters], ["BODY.PEEK[]"])
        bodies = {letter.uid: told.get(letter.uid, {}).get(b"BODY[]") for letter in letters}
        return {uid: body for uid, body in bodies.items() if body}

    def _raw(self, letter: Letter, body: bytes) -> RawMessage:
        now = clock.now()
        arrived = letter.arrived.astimezone(UTC) if letter.arrived else now
        received_at = arrived if now - _OLDEST < arrived < now else now
        facts = {"uid": letter.uid, "arrived": arrived.isoformat() if letter.arrived else None}
        facts |= {"authserv_id": self.source.authserv_id} if self.source.authserv_id else {}
        return RawMessage("email", letter.external_id, body, received_at, self.source.mailbox_id, facts)

    def _hold_back(self, letter: Letter) -> RawMessage:
        """A row for a mail that stays on the server: its headers, so that a person sees whose it is."""
        is_large = letter.size > self.source.max_bytes
        headers = b""
        if is_large:
            with self._in_time():
                headers = (
                    self.client.fetch([letter.uid], ["BODY.PEEK[HEADER]"]).get(letter.uid, {}).get(b"BODY[HEADER]", b"")
                )
        facts = {HELD_BACK: "size" if is_large else "unfetchable", "size": letter.size, "uid": letter.uid}
        external_id = f"{letter.external_id}:{HELD_BACK}"
        return RawMessage("email", external_id, headers[:65536], clock.now(), self.source.mailbox_id, facts)

    def _mark(self, uids: list[int]) -> None:
        """Mark as read; a folder that does not let us is no reason to stop."""
        if not uids or not self.source.marks_seen:
            return
        try:
            with self._in_time():
                self.client.add_flags(uids, [b"\\Seen"], silent=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            _log.info("mailbox %s: cannot mark as read (%s)", self.source.address, type(error).__name__)

    def _advance(self, uid: int) -> None:
        if uid > self.last_uid:
            progress.advance(self.source.mailbox_id, self.validity, uid)
            self.last_uid = uid

    def _in_time(self, size: int = 0) -> Any:
        return connecting.deadline(self.client.socket(), self.source.patience + size / SLOWEST)


def select(client: Any, folder: str, *, readonly: bool) -> dict[bytes, Any]:
    """Select *folder*; raises NoSuchFolder naming those there are."""
    try:
        told: dict[bytes, Any] = client.select_folder(folder, readonly=readonly)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise NoSuchFolder(folder, _folder_names(client)) from None
    return told


def _folder_names(client: Any) -> list[str]:
    return sorted(str(name) for flags, _, name in client.list_folders() if b"\\Noselect" not in flags)


def _groups(letters: list[Letter], tries: Counter[int]) -> Iterator[list[Letter]]:
    group: list[Letter] = []
    for letter in letters:
        is_full = len(group) == GROUP or sum(each.size for each in group) + letter.size > GROUP_BYTES
        if group and (is_full or tries[letter.uid]):
            yield group
            group = []
        group.append(letter)
    if group:
        yield group


def _chunks(uids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]
