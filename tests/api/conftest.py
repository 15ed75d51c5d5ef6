"""A client that calls the API with a token of given scopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contact_center.agents import tokens
from contact_center.agents.models import Agent
from contact_center.agents.tokens import SCOPES, ApiToken
from contact_center.extensions import db, limiter
from tests import factories

Call = Callable[..., TestResponse]


@pytest.fixture
def root(app: Flask) -> Agent:
    limiter.reset()
    return factories.root()


@pytest.fixture
def token(root: Agent) -> tuple[ApiToken, str]:
    """One that may do everything."""
    made = tokens.create(root, "Shop", SCOPES, None)
    db.session.commit()
    return made


@pytest.fixture
def call(client: FlaskClient, token: tuple[ApiToken, str]) -> Call:
    """`call("PUT", "/orders/SO-1", {...})`; *key* stands in for the token's."""

    def calling(method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        told = {"Authorization": f"Bearer {key or token[1]}", **headers}
        return client.open(f"/api/v1{path}", method=method, json=body, headers=told)

    return calling
