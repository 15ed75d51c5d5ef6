"""The page an invitation leads to: the invited person says how they are called and chooses a password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_security import hash_password, login_user
from flask_security.proxies import _security

from contact_center import access
from contact_center.admin.entrance import links
from contact_center.admin.entrance.forms import start_afresh
from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("invitations", __name__)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@access.public
def welcome(token: str) -> Any:
    """Show the form, or take it: a reading robot's GET uses nothing up."""
    agent = links.invited_by(token)
    if agent is None:
        return render_template("security/invitation_gone.html"), 410
    if request.method == "GET":
        return _page(agent, agent.name, {})
    try:
        _accept(agent)
    except Invalid as error:
        db.session.rollback()
        return _page(agent, request.form.get("name", ""), error.fields), 422
    flash(_("Welcome, %(name)s. Set your presence above when you are ready.", name=agent.name), "success")
    return redirect("/desk")


def _accept(agent: Agent) -> None:
    password = request.form.get("password", "")
    problems, normal = _security.password_util.validate(password, False, user=agent)
    if problems:
        raise Invalid(problems[0], {"password": problems[0]})
    accounts.accept(agent, request.form.get("name", ""), hash_password(normal))
    start_afresh()
    login_user(agent, authn_via=["invitation"])
    db.session.commit()


def _page(agent: Agent, name: str, errors: dict[str, str]) -> str:
    least = current_app.config["SECURITY_PASSWORD_LENGTH_MIN"]
    return render_template("security/welcome.html", invited=agent, name=name, errors=errors, least=least)
