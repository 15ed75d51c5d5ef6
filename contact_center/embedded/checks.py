"""`./dev lint|format|types|test`: the checks that need no server run side by side, then, or meanwhile, pytest.

What a check prints is shown only when it fails, so that a good run is a few lines long.
"""

from __future__ import annotations

import os
import signal
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
    """The checks, then pytest: all tests beside the check of the types, chosen ones in our place."""
    if not args:
        # One more than there are processors: some tests wait for programs while others compute.
        processes = str(min(os.cpu_count() or 1, 8) + 1)
        every = _tool("pytest", "-n", processes, "--dist", "loadfile", "--no-loadscope-reorder")
        return _together(STYLE, env) or beside(every, types(), env)
    failed = lint(env)
    if not failed:
        os.chdir(ROOT)
        os.execve(BIN / "pytest", _tool("pytest", *args), dict(env))
    return failed


def beside(long: list[str], commands: Mapping[str, list[str]], env: Mapping[str, str]) -> int:
    """Run *long* and meanwhile *commands*, of which one that fails ends it; the exit code."""
    # Whoever is begun in the background by a shell without job control ignores SIGINT, and so would what we begin.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(long, cwd=ROOT, env=env)
    signal.signal(signal.SIGTERM, lambda *_: running.terminate())
    try:
        if _together(commands, env):
            running.send_signal(signal.SIGINT)
            running.wait()
            return 1
        return running.wait()
    except KeyboardInterrupt:  # it got the same, and clears up
        running.wait()
        raise


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
