"""The settings as an administrator meets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from tests import factories


@pytest.fixture
def root(app: Flask) -> Agent:
    return factories.root()


@pytest.fixture
def browser(root: Agent, enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(root)
