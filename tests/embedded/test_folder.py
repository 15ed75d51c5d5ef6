"""The data folder: one `up` at a time, one secret for ever, and nothing deleted that is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contact_center.embedded import CannotStart
from contact_center.embedded import __main__ as commands
from contact_center.embedded.folder import DataFolder


def test_it_lets_only_one_up_have_the_folder_and_says_which(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).make()
    with folder.claim(), pytest.raises(CannotStart, match=f"in use by process {os.getpid()}:"):
        folder.claim()
    folder.claim().close()


def test_it_makes_the_secret_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    secret = DataFolder(tmp_path).make().secret()
    assert len(secret) >= 24
    assert DataFolder(tmp_path).secret() == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_it_says_what_is_wrong_with_a_folder_it_cannot_make(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=f"The data folder {tmp_path}/file/data cannot be used: "):
        DataFolder(tmp_path / "file" / "data").make()


def test_reset_deletes_a_data_folder(tmp_path: Path) -> None:
    DataFolder(tmp_path / "data").make()
    assert commands.reset(["--yes"], {"DATA_DIR": str(tmp_path / "data")}) == 0
    assert not (tmp_path / "data").exists()


def test_reset_refuses_a_folder_that_is_in_use(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).make()
    with folder.claim(), pytest.raises(CannotStart, match="in use by process"):
        commands.reset(["--yes"], {"DATA_DIR": str(tmp_path)})
    assert folder.path.exists()


def test_reset_refuses_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(CannotStart, match="does not look like a data folder"):
        commands.reset(["--yes"], {"DATA_DIR": str(tmp_path)})
    assert (tmp_path / "thesis.odt").exists()


def test_commands_beside_up_know_its_ports(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data").make()
    assert folder.ports() == {}
    folder.note_ports(PORT=8000, SMTP_PORT=2525)
    assert folder.ports() == {"PORT": "8000", "SMTP_PORT": "2525"}
    (folder.path / "ports.json").write_text("half a li")
    assert folder.ports() == {}
