"""`python -m contact_center.embedded COMMAND`, which is what the `dev` script calls.

The launcher's one reader of the environment; everybody else gets it as an argument.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from contact_center.embedded import ROOT, CannotStart, assets, bench, checks, seed, surroundings, telephone
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import given
from contact_center.embedded.up import up

TRY_AGAIN_LATER = 75  # sysexits: a mail server that pipes into `./dev cc mail` keeps the mail and tries again

Command = Callable[[list[str], Mapping[str, str]], int]


def cc(args: list[str], env: Mapping[str, str]) -> NoReturn:
    """Become `contact-center ARGS`; the servers stay up as long as it runs."""
    _become(surroundings.program(*args), env)


def shell(args: list[str], env: Mapping[str, str]) -> NoReturn:
    """Become a Python prompt with the application's context."""
    _become([sys.executable, "-m", "flask", "--app", "contact_center:create_app", "shell", *args], env)


def reset(args: list[str], env: Mapping[str, str]) -> int:
    """Delete the data folder, after asking."""
    folder = DataFolder(surroundings.data_dir(env))
    if not folder.path.exists():
        print(f"dev: there is nothing at {folder.path}")
        return 0
    _refuse_to_delete(folder.path)
    if "--yes" not in args and input(f"Delete everything in {folder.path}? Type yes: ").strip() != "yes":
        print("dev: nothing deleted")
        return 1
    with folder.claim(), folder.alone():
        shutil.rmtree(folder.path)
    print(f"dev: deleted {folder.path}")
    return 0


def _refuse_to_delete(path: Path) -> None:
    if not (path / "locks").is_dir() or path in (ROOT, *ROOT.parents, Path.home()):
        raise CannotStart(f"{path} does not look like a data folder of ours, so nothing is deleted.")


def _become(argv: list[str], env: Mapping[str, str]) -> NoReturn:
    folder = DataFolder(surroundings.data_dir(env))
    env = {**folder.ports(), **env}
    config = surroundings.check(env)
    folder.make()
    servers, surrounding = surroundings.join(folder, env)
    if not given(env, "DATABASE_URL"):
        seed.migrate(surrounding)
    if servers:
        servers.outlive_exec()
    surrounding = surroundings.with_post_office(surrounding, config)
    os.execve(argv[0], argv, telephone.with_carrier(surrounding, config, folder))


def _build_assets(_args: list[str], env: Mapping[str, str]) -> int:
    for line in assets.build(env):
        print(f"dev: {line}", file=sys.stderr)
    return 0


def _after_assets(command: Command) -> Command:
    def run(args: list[str], env: Mapping[str, str]) -> int:
        return _build_assets(args, env) or command(args, env)

    return run


def _collect_messages(args: list[str], env: Mapping[str, str]) -> int:
    from contact_center.embedded import messages  # brings Babel, which the long-running commands do without

    return messages.messages(args, env)


COMMANDS: dict[str, Command] = {
    "up": lambda _args, env: up(env),
    "test": _after_assets(checks.test),
    "cc": cc,
    "bench": bench.bench,
    "lint": _after_assets(lambda _args, env: checks.lint(env)),
    "types": _after_assets(lambda _args, env: checks.check_types(env)),
    "format": lambda _args, env: checks.format_source(env),
    "assets": _build_assets,
    "messages": _collect_messages,
    "shell": shell,
    "reset": reset,
}


def main() -> int:
    """Run one command; its exit code."""
    name, *args = sys.argv[1:] or ["help"]
    try:
        return COMMANDS[name](args, surroundings.with_env_file(os.environ))
    except CannotStart as refusal:
        print(f"dev: {refusal}", file=sys.stderr)
        return TRY_AGAIN_LATER
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
