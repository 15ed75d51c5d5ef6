"""The promises of the architecture that imports alone do not show; import-linter holds the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contact_center.embedded import ROOT

PACKAGE = ROOT / "contact_center"
ROOMS = ("agents", "card", "customers", "events", "files", "mailboxes", "outbox", "queues", "text", "tickets")
MODULES = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
FROM_FLASK = {"current_app"}  # the settings; a request is a door's


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call))


def _place(path: Path, node: ast.expr | ast.stmt) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rooms_never_commit_and_never_see_a_request(path: Path) -> None:
    commits = [
        _place(path, call)
        for call in _calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert not commits
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "flask":
            assert {alias.name for alias in node.names} <= FROM_FLASK, _place(path, node)
        if isinstance(node, ast.Import):
            assert "flask" not in {alias.name for alias in node.names}, _place(path, node)


def test_only_the_log_writes_events() -> None:
    writers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if _may_write_an_event(path.read_text())
        for node in ast.walk(_tree(path))
        if _writes_an_event(node)
    }
    assert writers == {"events/log.py"}


def _may_write_an_event(source: str) -> bool:
    """Whether *source* has the words for it at all: reading every file as a tree takes seconds."""
    return "Event" in source or ("event" in source and bool(re.search("INSERT|UPDATE|DELETE", source)))


def _writes_an_event(node: ast.AST) -> bool:
    """An Event made or inserted, changed or deleted, or SQL text that does so."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM) event\b", node.value))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    written = node.args[0] if node.func.id in {"insert", "update", "delete"} and node.args else node.func
    return isinstance(written, ast.Name) and written.id == "Event"
