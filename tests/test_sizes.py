"""Small pieces: no function over 40 lines, no file over 300."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from contact_center.embedded import ROOT

PACKAGE = ROOT / "contact_center"
FUNCTION_LINES = 40
FILE_LINES = 300
SOURCES = sorted(PACKAGE.rglob("*.py"))


def _functions(path: Path) -> Iterator[tuple[int, str]]:
    """Each function's length, its docstring and decorators included, and where it is."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def _largest(sizes: list[tuple[int, str]]) -> str:
    return "\n".join(f"{lines:>5} {place}" for lines, place in sorted(sizes, reverse=True)[:5])


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = [size for path in SOURCES for size in _functions(path)]
    print(_largest(sizes))
    assert not [size for size in sizes if size[0] > FUNCTION_LINES], f"\n{_largest(sizes)}"


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    sizes = [(len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in SOURCES]
    print(_largest(sizes))
    assert not [size for size in sizes if size[0] > FILE_LINES], f"\n{_largest(sizes)}"
