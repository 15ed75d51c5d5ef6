"""Which account runs the servers, and what it can reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contact_center.embedded import CannotStart, account
from contact_center.embedded.account import Account

STRANGER = Account("stranger", uid=os.geteuid() + 12345, gid=os.getegid() + 12345, drop=True)


def _open_way(tmp_path: Path) -> Path:
    """A folder that anybody may enter, below pytest's closed one; what lies above is not our subject."""
    way = tmp_path / "open" / "bin"
    way.mkdir(parents=True)
    for folder in (way, way.parent):
        folder.chmod(0o711)
    return way


def test_it_names_the_outermost_folder_that_is_closed(tmp_path: Path) -> None:
    way = _open_way(tmp_path)
    tmp_path.chmod(0o700)
    closed = account.first_closed(STRANGER, way)
    assert closed in (*tmp_path.parents, tmp_path)
    with pytest.raises(CannotStart, match=f"stranger, which cannot enter {closed}:"):
        account.require(STRANGER, way)


def test_it_judges_by_owner_then_group_then_others(tmp_path: Path) -> None:
    mine = Account("mine", os.geteuid(), os.getegid(), drop=True)
    for mode, reached in ((0o700, True), (0o011, False)):
        tmp_path.chmod(mode)
        assert account._may_enter(mine, tmp_path) is reached
    fellow = Account("fellow", uid=os.geteuid() + 12345, gid=tmp_path.stat().st_gid, drop=True)
    for mode, reached in ((0o710, True), (0o701, False)):
        tmp_path.chmod(mode)
        assert account._may_enter(fellow, tmp_path) is reached
    tmp_path.chmod(0o700)


def test_it_asks_nothing_of_folders_when_it_runs_as_oneself(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert account.first_closed(Account("me", 1, 1, drop=False), tmp_path) is None


def test_it_never_runs_the_servers_as_root(tmp_path: Path) -> None:
    chosen = account.choose(tmp_path / "not yet there")
    assert chosen.uid != 0
    assert chosen.drop == (os.geteuid() == 0)
