"""The environment in which the application's processes run: the person's, .env, and where our servers answer.

Used by every `./dev` command that needs the application; the launcher itself decides nothing by it but where and which.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from contact_center.config import Config, ConfigError
from contact_center.embedded import ROOT, CannotStart
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers, given, needed
from contact_center.embedded.server import die_with_parent

PLACEHOLDER = "to be filled in when the servers run"


def with_env_file(env: Mapping[str, str]) -> dict[str, str]:
    """*env* over what the checkout's .env says."""
    path, said = ROOT / ".env", {}
    for line in path.read_text().splitlines() if path.is_file() else ():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            said[name.strip()] = value.strip().strip("\"'")
    return {**said, **env}


def check(env: Mapping[str, str]) -> Config:
    """Read the settings before anything is started; raises CannotStart with what is wrong with them."""
    missing = [name for name in ("DATABASE_URL", "BROKER_URL", "REDIS_URL", "SECRET_KEY") if not given(env, name)]
    try:
        return Config.from_env({**env, "DATA_DIR": str(data_dir(env)), **dict.fromkeys(missing, PLACEHOLDER)})
    except ConfigError as error:
        raise CannotStart(f"The settings do not fit: {error}.") from error


def data_dir(env: Mapping[str, str]) -> Path:
    return Path(env["DATA_DIR"]).resolve() if env.get("DATA_DIR") else ROOT / "data"


def join(folder: DataFolder, env: Mapping[str, str]) -> tuple[Servers | None, dict[str, str]]:
    """Join or start the servers that *env* does not name elsewhere; answers them and the application's environment."""
    wanted = needed(env)
    servers = Servers(folder, wanted).join() if wanted else None
    ours = dict(servers.urls) if servers else {}
    if not given(env, "SECRET_KEY"):
        ours["SECRET_KEY"] = folder.secret()
    absent = [name for name in ("DATABASE_URL", "BROKER_URL", "REDIS_URL") if not given(env, name) and name not in ours]
    if absent:
        raise CannotStart(f"The servers of {folder.path} were started with another {', '.join(absent)}: name it again.")
    kept = {name: value for name, value in ours.items() if not given(env, name)}
    return servers, {**env, **kept, "DATA_DIR": str(folder.path)}


def with_post_office(env: Mapping[str, str], config: Config) -> dict[str, str]:
    """*env* with the demo's post office as the relay, where there is a demo and no relay."""
    if not has_demo(config.data_dir) or given(env, "SMTP_RELAY"):
        return dict(env)
    return {**env, "SMTP_RELAY": f"127.0.0.1:{post_office_port(config)}"}


def has_demo(folder: Path) -> bool:
    """Whether the demo was loaded here; it wrote down its sign-ins."""
    return (folder / "sign-ins.json").exists()


def post_office_port(config: Config) -> int:
    return config.smtp_port + 1


def program(*args: str) -> list[str]:
    """The command line of `contact-center` with *args*."""
    return [str(Path(sys.executable).parent / "contact-center"), *args]


def run(argv: list[str], env: Mapping[str, str], what: str) -> None:
    """Run a step to its end, its output on our error output; raises CannotStart when it fails."""
    dies = die_with_parent(signal.SIGTERM)
    done = subprocess.run(argv, env=env, cwd=ROOT, stdout=sys.stderr, check=False, preexec_fn=dies)
    if done.returncode:
        raise CannotStart(f"{what} failed: see the messages above.")
