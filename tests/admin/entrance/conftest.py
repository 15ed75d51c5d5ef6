"""Every test of the entrance starts with full allowances."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from contact_center.extensions import limiter


@pytest.fixture(autouse=True)
def full_allowances(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()
