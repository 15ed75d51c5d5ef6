"""Every setting, read once from the environment.

`Config.from_env()` is the only reader of `os.environ` in the application. It refuses to start half-configured and names
everything that is missing at once. A secret NAME may also come from the file that NAME_FILE points to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
    reopen_days: int = 14
    close_days: int = 7
    proxies: int = 0  # how many reverse proxies in front may be believed (X-Forwarded-*)
    testing: bool = False

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the environment; raises ConfigError with every problem in one text."""
        problems: list[str] = []

        def text(name: str, default: str | None = None) -> str:
            if f"{name}_FILE" in env:
                try:
                    return Path(env[f"{name}_FILE"]).read_text().strip()
                except OSError as error:
                    problems.append(f"{name}_FILE cannot be read: {error.strerror}")
            value = env.get(name, default)
            if value is None:
                problems.append(f"{name} is not set")
            return value or ""

        def number(name: str, default: int) -> int:
            try:
                return int(env.get(name, default))
            except ValueError:
                problems.append(f"{name} is not a number: {env[name]!r}")
                return default

        port = number("PORT", 8000)
        config = cls(
            database_url=text("DATABASE_URL"),
            broker_url=text("BROKER_URL"),
            redis_url=text("REDIS_URL"),
            secret_key=text("SECRET_KEY"),
            data_dir=Path(text("DATA_DIR", "data")).resolve(),
            public_url=text("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            brand=text("BRAND", cls.brand),
            default_region=text("DEFAULT_REGION", cls.default_region),
            default_language=text("DEFAULT_LANGUAGE", cls.default_language),
            time_zone=text("TIME_ZONE", cls.time_zone),
            host=text("HOST", cls.host),
            port=port,
            web_processes=number("WEB_PROCESSES", cls.web_processes),
            web_threads=number("WEB_THREADS", cls.web_threads),
            smtp_port=number("SMTP_PORT", cls.smtp_port),
            smtp_host=text("SMTP_HOST", cls.smtp_host),
            smtp_relay=text("SMTP_RELAY", cls.smtp_relay),
            max_mail_bytes=number("MAX_MAIL_BYTES", cls.max_mail_bytes),
            max_upload_bytes=number("MAX_UPLOAD_BYTES", cls.max_upload_bytes),
            reopen_days=number("REOPEN_DAYS", cls.reopen_days),
            close_days=number("CLOSE_DAYS", cls.close_days),
            proxies=number("PROXIES", cls.proxies),
        )
        if config.smtp_relay and not re.fullmatch(r"[^\s/@]+:\d{1,5}", config.smtp_relay):
            problems.append("SMTP_RELAY must be host:port")
        if config.default_language not in LANGUAGES:
            problems.append(f"DEFAULT_LANGUAGE must be one of {', '.join(LANGUAGES)}")
        if config.secret_key and len(config.secret_key) < 24:
            problems.append("SECRET_KEY is shorter than 24 characters")
        if problems:
            raise ConfigError("; ".join(problems))
        return config
