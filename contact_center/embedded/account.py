"""Under which account the servers run: our own, or as root an existing unprivileged one.

PostgreSQL refuses to run as root. We drop to an account that is already there; we never make one, and never open a
folder that somebody closed: what the account cannot reach is named in a sentence instead.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from contact_center.embedded import CannotStart

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the servers. `drop` says whether a child has to change to it."""

    name: str
    uid: int
    gid: int
    drop: bool

    def popen_options(self) -> dict[str, object]:
        """What subprocess needs to start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drop else {}

    def own(self, folder: Path) -> None:
        """Make *folder* this account's, closed to everybody else."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.drop and folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def choose(existing: Path) -> Account:
    """The account for the servers; the owner of the *existing* cluster folder keeps it."""
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), drop=False)
    if existing.exists() and (owner := existing.stat()).st_uid != 0:
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, drop=True)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, drop=True)
    raise CannotStart("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as.")


def require(account: Account, *paths: Path) -> None:
    """Raise CannotStart naming the first folder that keeps *account* from one of *paths*."""
    closed = first_closed(account, *paths)
    if closed:
        raise CannotStart(
            f"As root, PostgreSQL runs as the account {account.name}, which cannot enter {closed}: move the checkout "
            f"or DATA_DIR out of it, open it (chmod o+x {closed}), or start as an ordinary account."
        )


def first_closed(account: Account, *paths: Path) -> Path | None:
    """The outermost of *paths* and the folders above them that *account* may not enter; None when all are open."""
    if not account.drop:
        return None
    way = [step for path in paths for step in (*reversed(path.resolve().parents), path.resolve())]
    return next((step for step in way if step.exists() and not _may_enter(account, step)), None)


def _may_enter(account: Account, path: Path) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
