"""Waiting for PostgreSQL's NOTIFY, for processes that listen on a line of their own; what a word means is theirs."""

from __future__ import annotations

import selectors
from typing import Any

import psycopg


def told(line: psycopg.Connection[Any], seconds: float) -> list[str]:
    """The payloads of what was notified, waiting at most so long for the first. Raises psycopg.Error.

    The driver's own waiting wakes up ten times each second.
    """
    payloads = _arrived(line)
    if not payloads:
        with selectors.DefaultSelector() as ear:
            ear.register(line, selectors.EVENT_READ)
            ear.select(seconds)
        payloads = _arrived(line)
    return payloads


def _arrived(line: psycopg.Connection[Any]) -> list[str]:
    return [notice.payload for notice in line.notifies(timeout=0)]
