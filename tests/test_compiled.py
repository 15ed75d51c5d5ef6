"""Compiled templates on the disk: taken while they fit, made anew otherwise, and never needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from contact_center.compiled import Templates


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    path = tmp_path / "setup.py"
    path.write_text("autoescape = True")
    return path


def rendered(folder: Path, setup: Path, source: str = "Hello {{ name }}", *, autoescape: bool = True) -> str:
    """What a process that starts now makes of *source*."""
    loader = DictLoader({"greeting": source})
    environment = Environment(loader=loader, bytecode_cache=Templates(folder, setup), autoescape=autoescape)
    return environment.get_template("greeting").render(name="<Bo>")


def kept(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_the_next_process_takes_what_the_first_has_compiled(tmp_path: Path, setup: Path) -> None:
    folder = tmp_path / "data" / "cache"
    rendered(folder, setup, "Hello {{ name }}")
    first = kept(folder).read_bytes()
    assert b"Hello" in first
    kept(folder).write_bytes(first.replace(b"Hello", b"HELLO"))
    assert rendered(folder, setup) == "HELLO &lt;Bo&gt;"


def test_a_template_that_has_changed_is_compiled_anew_in_its_place(tmp_path: Path, setup: Path) -> None:
    folder = tmp_path / "cache"
    rendered(folder, setup)
    assert rendered(folder, setup, "Goodbye") == "Goodbye"
    assert b"Goodbye" in kept(folder).read_bytes()


def test_so_is_one_after_a_change_of_how_templates_are_read(tmp_path: Path, setup: Path) -> None:
    folder = tmp_path / "cache"
    assert rendered(folder, setup) == "Hello &lt;Bo&gt;"
    setup.write_text("autoescape = False")
    assert rendered(folder, setup, autoescape=False) == "Hello <Bo>"


@pytest.mark.parametrize("left", [0, 3, 30, 60, -1])
def test_half_a_file_is_no_obstacle(tmp_path: Path, setup: Path, left: int) -> None:
    folder = tmp_path / "cache"
    rendered(folder, setup)
    whole = kept(folder).read_bytes()
    kept(folder).write_bytes(whole[:left])
    assert rendered(folder, setup) == "Hello &lt;Bo&gt;"
    assert kept(folder).read_bytes() == whole


def test_neither_is_a_folder_that_cannot_be_written(tmp_path: Path, setup: Path) -> None:
    (tmp_path / "file").touch()
    assert rendered(tmp_path / "file" / "cache", setup) == "Hello &lt;Bo&gt;"
