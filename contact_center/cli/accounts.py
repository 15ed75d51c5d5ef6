"""`contact-center admin …`: the first administrator, and a way back in when no letter arrives."""

from __future__ import annotations

import secrets
import sys

import click
from flask import current_app
from flask_security import hash_password
from flask_security.proxies import _security

from contact_center.admin.entrance import links
from contact_center.agents import accounts
from contact_center.agents.models import Agent, RoleName
from contact_center.cli.opening import in_app
from contact_center.config import LANGUAGES
from contact_center.errors import ContactCenterError
from contact_center.extensions import db


@click.group()
def admin() -> None:
    """Accounts, where the screens cannot help."""


@admin.command()
@click.argument("email")
@click.option("--name", default="", help="Shown to colleagues and customers; by default the part before the @.")
@click.option("--role", type=click.Choice([role.value for role in RoleName]), default=RoleName.ADMINISTRATOR.value)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=None)
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input; else one is made up.")
@in_app
def create(email: str, name: str, role: str, language: str | None, password_stdin: bool) -> None:
    """Open an account that can sign in at once. A password that was made up is shown this once."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    password = given if password_stdin else made_up_password()
    try:
        agent = open_account(email, name or email.partition("@")[0], RoleName(role), password, language)
    except ContactCenterError as error:
        raise click.ClickException(error.sentence) from None
    db.session.commit()
    click.echo(f"{agent.email} can sign in at {links.to('security.login')} as {agent.role}.")
    if not password_stdin:
        click.echo(f"Password: {password}")


@admin.command("reset-link")
@click.argument("email")
@in_app
def reset_link(email: str) -> None:
    """Show a link with which EMAIL chooses a new password: once, within two hours."""
    agent = _active(email)
    click.echo(links.to_reset(agent))


@admin.command("sign-out")
@click.argument("email")
@in_app
def sign_out(email: str) -> None:
    """Sign EMAIL out of every browser."""
    agent = _active(email)
    accounts.sign_out(agent, None)
    db.session.commit()
    click.echo(f"{agent.email} is signed out everywhere.")


def open_account(email: str, name: str, role: RoleName, password: str, language: str | None = None) -> Agent:
    """An account with a checked password; the caller commits. Raises a ContactCenterError."""
    problems, normal = _security.password_util.validate(password, True, email=email, name=name)
    if problems:
        raise ContactCenterError(problems[0])
    agent = accounts.create(email, name, role, hash_password(normal))
    agent.language = language or current_app.config["CC"].default_language
    return agent


def made_up_password() -> str:
    """Four groups of four: easy to read out, far too many to guess."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _active(email: str) -> Agent:
    agent = accounts.find(email)
    if agent is None or not agent.active:
        raise click.ClickException(f"no active account has the address {email}")
    return agent
