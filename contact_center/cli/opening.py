"""How a command opens the application, and how it prints an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

import click
from flask import Flask

from contact_center import create_app
from contact_center.config import Config, ConfigError

Made = TypeVar("Made")


class NotSetUp(click.ClickException):
    """A setting is missing or wrong; the text says which."""

    exit_code = 78  # EX_CONFIG of sysexits.h

    def show(self, file: Any = None) -> None:
        click.echo(f"contact-center: {self.message}", file=file, err=True)


def open_app() -> Flask:
    """The application. Raises NotSetUp."""
    return _or_say(create_app)


def opened_with(config: Config) -> Flask:
    """The application with other settings than those of the environment."""
    return create_app(config)


def configured() -> Config:
    """The settings alone. Raises NotSetUp."""
    return _or_say(Config.from_env)


def _or_say(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ConfigError as error:
        raise NotSetUp(str(error)) from None


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application's context."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        with open_app().app_context():
            return command(*args, **kwargs)

    return run


def as_json(value: Any) -> None:
    """Print *value* as JSON; instants in ISO 8601, UTC."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value)
