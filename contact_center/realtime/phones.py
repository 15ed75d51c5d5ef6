"""Which sockets of this web process are somebody's telephone. `Desks` writes that they are there still."""

from __future__ import annotations

import logging
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from contact_center.agents import open_phones
from contact_center.extensions import db

_log = logging.getLogger(__name__)


class Phones:
    """Socket ids, of the telephones of this process."""

    def __init__(self) -> None:
        self._here: set[str] = set()
        self._lock = Lock()

    def open(self, sid: str, agent_id: int, *, takes: bool) -> bool:
        """Let that socket be the agent's telephone. False if another is, and it is not to be taken over."""
        standing = open_phones.of(agent_id)
        if standing not in (None, sid) and not takes:
            return False
        open_phones.opened(sid, agent_id)
        db.session.commit()
        with self._lock:
            self._here.add(sid)
        return True

    def close(self, sid: str) -> None:
        """It is none any more. Others are offered its calls at once, or when it has not been seen for a while."""
        with self._lock:
            if sid not in self._here:
                return
            self._here.discard(sid)
        try:
            open_phones.closed(sid)
            db.session.commit()
        except SQLAlchemyError as error:
            db.session.rollback()
            _log.warning("a telephone's end was not noted: %s", type(error).__name__)

    def here(self) -> list[str]:
        """Those that are open."""
        with self._lock:
            return list(self._here)


phones = Phones()
