"""The emulated telephone company beside the site, unless it has an account with a real one.

Its account's keys are made once and kept in the data folder; the application is given them as its settings.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from contact_center.config import Config
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import given

PORTS_ABOVE = 700  # the site's own
HIGHEST = 65535


def is_wanted(env: Mapping[str, str]) -> bool:
    """Whether there is no account with a real company, nor another emulated one."""
    return not any(given(env, name) for name in ("TWILIO_ACCOUNT_SID", "TWILIO_API_BASE"))


def with_carrier(env: Mapping[str, str], config: Config, folder: DataFolder) -> dict[str, str]:
    """*env* with an account at our own telephone company, where it is wanted."""
    if not is_wanted(env):
        return dict(env)
    return {**env, **json.loads(_account(folder).read_text()), "TWILIO_API_BASE": handset(config).rstrip("/")}


def port(config: Config) -> int:
    """Where it answers: a little above the site, or below it where there is no room."""
    above = config.port + PORTS_ABOVE
    return above if above <= HIGHEST else config.port - PORTS_ABOVE


def handset(config: Config) -> str:
    """The page of a customer's telephone."""
    return f"http://127.0.0.1:{port(config)}/"


def program(config: Config, folder: DataFolder) -> list[str]:
    """Its command line; a process without the application, which it does not need."""
    account, calls, texts = _account(folder), "/twilio/calls", "/twilio/texts"
    return [
        *(sys.executable, "-m", "carrier", "--port", str(port(config)), "--app-url", config.public_url),
        *("--account", str(account), "--application-sid", json.loads(account.read_text())["TWILIO_APP_SID"]),
        *("--every-number", "--voice-url", f"{calls}/in", "--client-url", f"{calls}/client"),
        *("--status-callback", "/twilio/events/leg", "--sms-url", f"{texts}/in"),
        *("--book", str(folder.path / "telephone-book.json")),
    ]


def _account(folder: DataFolder) -> Path:
    path = folder.path / "carrier.json"
    with folder.locked("start"):
        if not path.exists():
            keys = {
                "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16), "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
                "TWILIO_API_KEY": "SK" + secrets.token_hex(16), "TWILIO_API_SECRET": secrets.token_hex(16),
                "TWILIO_APP_SID": "AP" + secrets.token_hex(16),
            }  # fmt: skip
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(keys, file)
    return path
