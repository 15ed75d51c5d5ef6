"""Whom the limits count as one visitor, and what happens when nobody can count."""

from __future__ import annotations

import pytest
from flask import Flask
from limits.storage import RedisStorage

from contact_center.channels.web.portal import limits
from contact_center.extensions import limiter


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_line_is_one_visitor(address: str, network: str) -> None:
    assert limits.network(address) == network


def test_the_form_stays_open_when_nobody_can_count(app: Flask) -> None:
    counted = limiter.limiter
    nowhere = RedisStorage("redis://127.0.0.1:1/0")
    working, counted.storage = counted.storage, nowhere
    try:
        assert limits.by_address("sam@stranger.example") is None
    finally:
        counted.storage = working
