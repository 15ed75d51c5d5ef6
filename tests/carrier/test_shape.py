"""Small pieces here as in the application: functions to a screen, files to 300 lines, modules with a purpose."""

from __future__ import annotations

import ast
from pathlib import Path

import carrier

ROOT = Path(carrier.__path__[0])
SOURCES = [path for path in sorted(ROOT.rglob("*.py")) if path.name != "table.py"]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    assert [path.name for path in SOURCES if len(path.read_text().splitlines()) > 300] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        (path.name, node.name)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    assert [path.name for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_the_phone_company_does_not_know_the_application() -> None:
    assert [path.name for path in SOURCES if "contact_center" in path.read_text()] == []
