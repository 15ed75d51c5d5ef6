"""Browsers without scripts: a visitor's, an agent's or a customer's, who is signed in. All send a good CSRF token.

Signing in by hand, with password and limits, is tested in tests/admin; everybody else starts from here.
"""

from __future__ import annotations

import secrets
from contextvars import copy_context
from typing import Any

from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from contact_center.agents import sign_ins
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.selfservice import sessions
from contact_center.text.addresses import Scheme


class Browser(FlaskClient):
    """A client whose requests do not share the test's application context, and so neither `g` nor the session.

    Flask reuses a context that is pushed already: the second request would find the first one's `current_user`.
    """

    def open(self, *args: Any, **more: Any) -> TestResponse:
        return copy_context().run(self._open_alone, *args, **more)

    def _open_alone(self, *args: Any, **more: Any) -> TestResponse:
        _cv_app.set(None)  # type: ignore[arg-type]
        return super().open(*args, **more)


def visitor(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return _holding(app)


def signed_in(app: Flask, agent: Agent) -> FlaskClient:
    """A browser in which *agent* is signed in."""
    uniquifier, key = agent.fs_uniquifier, sign_ins.begin(agent, network="127.0.0.1", browser="Tests")
    db.session.commit()
    return _holding(app, _user_id=uniquifier, _fresh=True, sign_in=key)


def customer(app: Flask, who: Customer, email: str | None = None) -> FlaskClient:
    """A browser in which *who* is signed in on the portal, with their first e-mail address unless said."""
    client = visitor(app)
    email = email or next(point.value for point in who.points if point.scheme is Scheme.EMAIL)
    key = sessions.begin(who, email, network="127.0.0.1", browser="Tests")
    db.session.commit()
    client.set_cookie("cc_customer", key)
    return client


def twin(client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookies: what happens in one does not change the other's."""
    made = client.application.test_client()
    made._cookies = dict(client._cookies)
    made.environ_base = dict(client.environ_base)
    return made


def _holding(app: Flask, **kept: Any) -> FlaskClient:
    """A browser whose session cookie keeps that, and whose token is good."""
    client, raw = app.test_client(), secrets.token_hex(20)
    with client.session_transaction() as session:
        session.update(kept, csrf_token=raw)
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw)
    client.environ_base["HTTP_X_CSRFTOKEN"] = token
    return client
