"""`./dev lint|format|types|test`: the checks that need no server run side by side, then pytest.

What a check prints is shown only when it fails, so that a good run is a few lines long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from contact_center.embedded import ROOT, assets

BIN = Path(sys.executable).parent


def _tool(name: str, *args: str) -> list[str]:
    return [str(BIN / name), *args]


STYLE = {
    "ruff": _tool("ruff", "check", "--quiet", "--output-format=concise", "."),
    "layout": _tool("ruff", "format", "--quiet", "--check", "."),
    "imports": _tool("lint-imports", "--cache-dir", ".cache/import-linter"),
}


def types() -> dict[str, list[str]]:
    return {"mypy": _tool("mypy"), "TypeScript": assets.type_check()}


def lint(env: Mapping[str, str]) -> int:
    """All checks of the source; the exit code."""
    return _together({**STYLE, **types()}, env)


def check_types(env: Mapping[str, str]) -> int:
    return _together(types(), env)


def format_source(env: Mapping[str, str]) -> int:
    """Sort the imports, mend what can be mended safely, lay the source out."""
    fixed = subprocess.run(_tool("ruff", "check", "--fix", "--quiet", "."), cwd=ROOT, env=env, check=False)
    laid_out = subprocess.run(_tool("ruff", "format", "."), cwd=ROOT, env=env, check=False)
    return fixed.returncode or laid_out.returncode


def test(args: list[str], env: Mapping[str, str]) -> int:
    """The checks, then pytest in our place: its closing line is the last one."""
    failed = lint(env)
    if not failed:
        # One more than there are processors: some tests wait for programs while others compute.
        processes = str(min(os.cpu_count() or 1, 8) + 1)
        whole_suite = [] if args else ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
        os.chdir(ROOT)
        os.execve(BIN / "pytest", _tool("pytest", *whole_suite, *args), dict(env))
    return failed


def _together(commands: Mapping[str, list[str]], env: Mapping[str, str]) -> int:
    """Run *commands* at the same time, show each one's verdict in order; 1 when one failed."""
    running = {
        name: subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for name, argv in commands.items()
    }
    bad = 0
    for name, process in running.items():
        said = process.communicate()[0]
        print(f"{name:<11}{'ok' if process.returncode == 0 else 'FAILED'}", flush=True)
        if process.returncode:
            bad = 1
            print(said, flush=True)
    return bad
