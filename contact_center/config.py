"""Every setting, read once from the environment.

`Config.from_env()` is the only reader of `os.environ` in the application. It refuses to start half-configured and names
everything that is missing at once. A secret NAME may also come from the file that NAME_FILE points to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

LANGUAGES = {"en": "English", "zh_Hans_CN": "简体中文"}


class ConfigError(Exception):
    """The environment does not describe a runnable contact centre; the text says what is missing or wrong."""


@dataclass(frozen=True)
class Config:
    """One installation's settings. Durations are seconds, sizes are bytes, paths are absolute."""

    database_url: str
    broker_url: str
    redis_url: str
    secret_key: str = field(repr=False)
    data_dir: Path
    public_url: str = "http://127.0.0.1:8000"
    brand: str = "Norra Care"
    default_region: str = "DE"
    default_language: str = "en"
    time_zone: str = "Europe/Berlin"
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 0  # 0: one per core
    web_threads: int = 120  # one open desk holds one thread (its WebSocket)
    smtp_port: int = 2525
    smtp_host: str = "127.0.0.1"
    smtp_relay: str = ""  # host:port of a relay on this machine or in a private network, for mailboxes without a server
    max_mail_bytes: int = 50 * 1024 * 1024
    max_upload_bytes: int = 25 * 1024 * 1024
    max_import_bytes: int = 300_000_000  # of a file that is imported on the screen; the command takes any
    reopen_days: int = 14
    close_days: int = 7
    proxies: int = 0  # how many reverse proxies in front may be believed (X-Forwarded-*)
    twilio_account_sid: str = ""  # telephone and texts: none without it
    twilio_auth_token: str = field(default="", repr=False)
    twilio_api_key: str = ""  # for telephones in the browser, with the next two
    twilio_api_secret: str = field(default="", repr=False)
    twilio_app_sid: str = ""
    twilio_answers_help: int = 1  # 0: its own answer to HELP and INFO is switched off, so ours is sent
    twilio_api_base: str = ""  # an emulated carrier on this machine, instead of the real one
    testing: bool = field(default=False, metadata={"internal": True})

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def phone_sources(self) -> str:
        """Where browsers that telephone connect to, as a page's policy lists it."""
        if not self.twilio_app_sid:
            return ""
        emulated = self.twilio_api_base.replace("http://", "ws://", 1)
        return f" {emulated}" if emulated else " https://*.twilio.com wss://*.twilio.com"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the environment; raises ConfigError with every problem in one text.

        Each field is the setting of its name in capitals; a field without a default must be set.
        """
        given: dict[str, Any] = {}
        problems: list[str] = []
        for setting in fields(cls):
            if setting.metadata.get("internal"):
                continue
            try:
                value = _value(setting, env)
            except ConfigError as problem:
                problems.append(str(problem))
            else:
                given |= {} if value is None else {setting.name: value}
        if problems:
            raise ConfigError("; ".join(problems))
        given.setdefault("public_url", f"http://127.0.0.1:{given.get('port', cls.port)}")
        config = cls(**given)
        if problems := list(_contradictions(config)):
            raise ConfigError("; ".join(problems))
        return config


def _value(setting: Field[Any], env: Mapping[str, str]) -> Any:
    """What the environment says about one field; None if nothing and nothing is needed."""
    name, text = setting.name.upper(), None
    if f"{name}_FILE" in env:
        try:
            text = Path(env[f"{name}_FILE"]).read_text().strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE cannot be read: {error.strerror}") from error
    text = text or env.get(name)
    if text is None:
        if setting.default is MISSING and setting.name != "data_dir":
            raise ConfigError(f"{name} is not set")
        return Path("data").resolve() if setting.name == "data_dir" else None
    return _read(name, str(setting.type), text)


def _read(name: str, type_: str, text: str) -> Any:
    if type_ == "int":
        if not text.isdecimal():
            raise ConfigError(f"{name} is not a number: {text!r}")
        return int(text)
    if type_ == "Path":
        return Path(text).resolve()
    return text.rstrip("/") if name in ("PUBLIC_URL", "TWILIO_API_BASE") else text


def _contradictions(config: Config) -> Iterator[str]:
    if config.smtp_relay and not re.fullmatch(r"[^\s/@]+:\d{1,5}", config.smtp_relay):
        yield "SMTP_RELAY must be host:port"
    if config.default_language not in LANGUAGES:
        yield f"DEFAULT_LANGUAGE must be one of {', '.join(LANGUAGES)}"
    if config.time_zone not in available_timezones():
        yield f"TIME_ZONE is not the name of a zone: {config.time_zone!r}"
    if len(config.secret_key) < 24:
        yield "SECRET_KEY is shorter than 24 characters"
    yield from _half_an_account(config)
    if config.twilio_api_base and not _is_of_this_machine(config.twilio_api_base):
        yield "TWILIO_API_BASE is for an emulated carrier: it must be http:// and a loopback address"


def _half_an_account(config: Config) -> Iterator[str]:
    """Telephone settings belong together: texts need the first two, telephones in the browser all five."""
    texts = ("twilio_account_sid", "twilio_auth_token")
    phones = ("twilio_api_key", "twilio_api_secret", "twilio_app_sid")
    wanted = (*texts, *phones) if any(getattr(config, name) for name in phones) else texts
    given = [name for name in wanted if getattr(config, name)]
    if given or config.twilio_api_base:
        yield from (f"{name.upper()} is not set" for name in wanted if name not in given)


def _is_of_this_machine(base: str) -> bool:
    try:
        parts = urlsplit(base)
        is_loopback = parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
        return parts.scheme == "http" and is_loopback and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
