"""`./dev` as a person meets it: the script's own sentences, and commands on a data folder of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contact_center import __version__
from contact_center.embedded import ROOT, surroundings
from contact_center.embedded.folder import DataFolder


def _dev(script: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(script), *args], env={**os.environ, **env}, capture_output=True, text=True, check=False)


def _command(*args: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "contact_center.embedded", *args]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """The script alone, with nothing made yet."""
    for name in ("dev", "uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path / "dev"


def _fake_python(tmp_path: Path, refused: str) -> str:
    """A Python that fails to run code with the word *refused* in it."""
    path = tmp_path / "fake-python"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{refused}*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_it_lists_its_commands(bare_checkout: Path) -> None:
    shown = _dev(bare_checkout)
    assert shown.returncode == 0
    for name in ("up", "test", "cc", "bench", "lint", "format", "types", "shell", "reset"):
        assert f"\n./dev {name} " in f"\n{shown.stdout}"


def test_it_says_when_there_is_no_such_command(bare_checkout: Path) -> None:
    shown = _dev(bare_checkout, "deploy")
    assert shown.returncode == 64
    assert shown.stderr.startswith('dev: there is no command "deploy".\n')


def test_it_says_when_python_is_too_old(bare_checkout: Path, tmp_path: Path) -> None:
    shown = _dev(bare_checkout, "up", PYTHON=_fake_python(tmp_path, "version_info"))
    assert shown.returncode == 75
    assert shown.stderr.startswith("dev: Python 3.11 or newer is needed")
    assert shown.stderr.count("\n") == 1


def test_it_names_the_package_when_ensurepip_is_missing(bare_checkout: Path, tmp_path: Path) -> None:
    shown = _dev(bare_checkout, "up", PYTHON=_fake_python(tmp_path, "ensurepip"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert shown.returncode == 75
    assert shown.stderr.startswith(f"dev: Python's ensurepip is missing: install the package python{version}-venv")
    assert shown.stderr.count("\n") == 1


@pytest.mark.parametrize("setting", ["PORT", "SMTP_PORT"])
def test_up_says_which_port_is_taken_before_it_starts_anything(
    bare_environment: dict[str, str], folder: DataFolder, setting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        ports = {"PORT": str(free.getsockname()[1]), "SMTP_PORT": str(free.getsockname()[1])}
        free.close()
        ports[setting] = str(taken.getsockname()[1])
        shown = _command("up", env=bare_environment | ports)
    assert shown.returncode == 75
    assert shown.stderr == (f"dev: Port {ports[setting]} is taken by another program; choose another by {setting}.\n")
    assert not folder.cluster.exists()


def test_up_says_who_has_the_data_folder(bare_environment: dict[str, str], folder: DataFolder) -> None:
    with folder.claim():
        shown = _command("up", env=bare_environment)
    assert shown.returncode == 75
    assert shown.stderr == (
        f"dev: The data folder {folder.path} is in use by process {os.getpid()}: stop that, or set DATA_DIR.\n"
    )


def test_up_names_a_setting_that_does_not_fit(bare_environment: dict[str, str]) -> None:
    shown = _command("up", env=bare_environment | {"PORT": "eighty"})
    assert shown.stderr == "dev: The settings do not fit: PORT is not a number: 'eighty'.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another account")
def test_up_names_the_folder_that_keeps_the_servers_out(bare_environment: dict[str, str], tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    shown = _command("cc", "--version", env=bare_environment | {"DATA_DIR": str(tmp_path / "data")})
    assert shown.returncode == 75
    assert "which cannot enter /" in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_cc_passes_output_and_exit_code_through(bare_environment: dict[str, str]) -> None:
    shown = _command("cc", "--version", env=bare_environment)
    assert (shown.returncode, shown.stdout) == (0, f"contact-center, version {__version__}\n")
    again = _command("cc", "no-such-command", env=bare_environment)
    assert (again.returncode, again.stdout) == (2, "")
    assert "migr" not in again.stderr.lower()  # done once, not before every command


def test_it_takes_the_servers_that_the_environment_names(bare_environment: dict[str, str], folder: DataFolder) -> None:
    given = {"DATABASE_URL": "postgresql+psycopg://db/x", "BROKER_URL": "redis://mq/0", "REDIS_URL": "redis://mq/1"}
    servers, surrounding = surroundings.join(folder, bare_environment | given)
    assert servers is None
    assert given.items() <= surrounding.items()
    assert surrounding["SECRET_KEY"] == folder.secret()
    assert not folder.cluster.exists()


def test_the_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("# where\nPORT=9000\nBRAND='Kettles & Co'\n#HOST=0.0.0.0\n\n")
    monkeypatch.setattr(surroundings, "ROOT", tmp_path)
    assert surroundings.with_env_file({"PORT": "9001"}) == {"PORT": "9001", "BRAND": "Kettles & Co"}
