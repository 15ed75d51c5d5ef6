"""Links that letters carry. They start with our configured public address, never with what a request calls itself."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from itsdangerous import BadSignature, URLSafeSerializer

from contact_center import clock
from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.extensions import db


def to(endpoint: str, **values: Any) -> str:
    """The public address of a page; works outside a request too."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['CC'].public_url}{path}"


def to_reset(agent: Agent) -> str:
    """Where *agent* chooses a new password: once, within two hours."""
    return to("security.reset_password", token=generate_reset_password_token(agent))  # type: ignore[no-untyped-call]


def to_invitation(agent: Agent) -> str:
    """Where an invited person chooses name and password: once, within seven days of the invitation."""
    return to("invitations.welcome", token=_serializer().dumps([agent.id, agent.fs_uniquifier]))


def invited_by(token: str) -> Agent | None:
    """Whom an invitation's link is for; None if it was used, replaced, taken back, made up or is too old."""
    try:
        agent_id, uniquifier = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    agent = db.session.get(Agent, agent_id)
    if agent is None or agent.fs_uniquifier != uniquifier:
        return None
    ends_at = accounts.invitation_ends_at(agent)
    return agent if ends_at and ends_at > clock.now() else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="invitation")
