"""Signing in and out with Flask-Security, on our own footing: every signed-in browser has a row.

`wiring` connects it. The cookie alone opens nothing: the row must be live, so signing out, a new password, a new role
or a closed account takes effect at the next request, in every process.
"""

from __future__ import annotations

import logging
from typing import Any

import redis
from flask import Flask, Response, after_this_request, current_app, request, session
from flask_login import user_logged_out
from flask_security import (
    Security,
    hash_password,
    password_changed,
    password_reset,
    reset_password_instructions_sent,
    user_authenticated,
)
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import set_request_attr
from werkzeug.exceptions import ServiceUnavailable

from contact_center.admin.entrance import limits, words
from contact_center.admin.entrance.forms import SignInForm, start_afresh
from contact_center.admin.entrance.letters import Letters
from contact_center.admin.entrance.passwords import Passwords
from contact_center.agents import presence, sign_ins
from contact_center.agents.models import Agent, PresenceState, Role
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db

_log = logging.getLogger(__name__)


def connect(app: Flask) -> None:
    """Give *app* its sign-in, sign-out, reset and password pages."""
    app.config.update(words.MESSAGES)
    people = SQLAlchemyUserDatastore(db, Agent, Role)
    # One for each application: it keeps how passwords are hashed, and another application may do so otherwise.
    made = Security(app, people, login_form=SignInForm, mail_util_cls=Letters, password_util_cls=Passwords)
    made.want_json(lambda _request: False)
    app.login_manager.user_loader(load)  # type: ignore[attr-defined]
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no tokens in headers
    limits.apply(app)
    app.register_error_handler(redis.RedisError, _no_counting)
    user_authenticated.connect(_entered, app)
    user_logged_out.connect(_left, app)
    password_changed.connect(_changed_password, app)
    password_reset.connect(_changed_password, app)
    reset_password_instructions_sent.connect(_commit_later, app)


def load(uniquifier: str) -> Agent | None:
    """Who holds this request's cookie, or None; Flask-Login's loader."""
    agent = sign_ins.holder(uniquifier, session.get(sign_ins.COOKIE_FIELD) or "")
    if agent is not None:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
    return agent


def _entered(_app: Flask, user: Agent, **_more: Any) -> None:
    browser = browser_named(request.user_agent.string)
    network = request.remote_addr
    session[sign_ins.COOKIE_FIELD] = sign_ins.begin(user, network=network, browser=browser, keep=session.permanent)
    log.record(Name.AGENT_SIGNED_IN, user, user, person_id=user.id, network=network, browser=browser)


def _left(_app: Flask, user: Any, **_more: Any) -> None:
    key = session.get(sign_ins.COOKIE_FIELD)
    start_afresh()
    if not isinstance(user, Agent):
        return
    sign_ins.end(key or "")
    presence.set_presence(user, PresenceState.OFFLINE)
    log.record(Name.AGENT_SIGNED_OUT, user, user, person_id=user.id)
    db.session.commit()


def _changed_password(_app: Flask, user: Agent, **_more: Any) -> None:
    sign_ins.end_all(user, but=session.get(sign_ins.COOKIE_FIELD))
    log.record(Name.AGENT_PASSWORD_CHANGED, user, user, person_id=user.id)


def _commit_later(_app: Flask, **_more: Any) -> None:
    hash_password("as long as Flask-Security takes where there is no account")

    @after_this_request
    def commit(response: Response) -> Response:
        db.session.commit()
        return response


def _no_counting(error: redis.RedisError) -> Any:
    _log.error("Redis does not answer: %s", error)
    return current_app.handle_http_exception(ServiceUnavailable())


def browser_named(agent: str) -> str:
    """A few words for a User-Agent, e.g. "Firefox on Linux"."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )  # fmt: skip
    name = next((word for mark, word in names if mark in agent), "")
    system = next((word for mark, word in systems if mark in agent), "")
    return f"{name} on {system}" if name and system else name or system
