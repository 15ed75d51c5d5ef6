"""`contact-center knowledge`: a folder in, the same folder out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from contact_center.cli import knowledge as commands
from contact_center.cli import opening


@pytest.fixture
def runner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(opening, "create_app", lambda: app)
    return CliRunner()


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "help" / "care"
    folder.mkdir(parents=True)
    (folder / "kettle.en.md").write_text("---\ntitle: Care for the kettle\n---\n\nBoil **vinegar**.\n")
    (folder / "kettle.zh.md").write_text("---\ntitle: 水壶保养\n---\n\n用白醋煮一下。\n")
    (folder / "wrong.en.md").write_text("---\naudience: everybody\ntitle: X\n---\n")
    (folder / "secret.en.md").symlink_to("/etc/hostname")
    return tmp_path / "in"


def test_a_folder_goes_in_and_comes_out_again(runner: CliRunner, tmp_path: Path) -> None:
    source, target = _folder(tmp_path), tmp_path / "out"
    said = runner.invoke(commands.knowledge, ["import", str(source), "--dry-run", "--json"])
    assert json.loads(said.stdout)["created"] == 1
    said = runner.invoke(commands.knowledge, ["import", str(source), "--publish", "--json"])
    told = json.loads(said.stdout)
    assert (said.exit_code, told["created"], told["changed"]) == (1, 1, 1)
    assert [row["file"] for row in told["bad"]] == ["help/care/wrong.en.md"]
    assert runner.invoke(commands.knowledge, ["export", str(target)]).exit_code == 0
    assert sorted(path.name for path in target.rglob("*.md")) == ["kettle.en.md", "kettle.zh.md"]
    assert "Boil **vinegar**." in (target / "help/care/kettle.en.md").read_text()
    assert runner.invoke(commands.knowledge, ["export", str(tmp_path / "all.csv")]).exit_code == 0
    again = runner.invoke(commands.knowledge, ["import", str(tmp_path / "all.csv"), "--json"])
    assert (again.exit_code, json.loads(again.stdout)["same"]) == (0, 2)


def test_what_is_not_there_is_said(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    assert runner.invoke(commands.knowledge, ["import", str(tmp_path / "bad.csv")]).exit_code == 65
    assert runner.invoke(commands.knowledge, ["export", str(tmp_path / "x"), "--space", "nowhere"]).exit_code == 64
