"""The letters about accounts: invitation, reset, "your password was changed". Each is a row in the outbox.

Flask-Security hands its mail to `Letters`; the screens call `invite`. Nothing is sent before the caller commits. A
letter is written in its reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException

from contact_center.admin.entrance import links
from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text.addresses import email_normal

Written = tuple[str, str]  # subject, text


class Letters(MailUtil):
    """Flask-Security's mail, put into our outbox in our words, and addresses in our normal form."""

    def send_mail(self, template: str, *_: Any, **context: Any) -> None:
        """Queue the letter that Flask-Security calls *template*."""
        _queue(context["user"], _WRITERS[template.rpartition("/")[2]])

    def normalize(self, email: str) -> str:
        """The normal form; raises EmailValidateException."""
        normal = email_normal(email)
        if normal is None:
            raise EmailValidateException(_("This is not an e-mail address."))
        return normal

    def validate(self, email: str) -> str:
        """The same: whether an address can be reached is found out by writing to it."""
        return self.normalize(email)


def invite(agent: Agent, actor: Agent) -> bool:
    """Queue the invitation; False if the outbox will not send so many to one address."""
    return _queue(agent, lambda invited: _invitation(invited, actor))


def _queue(agent: Agent, write: Callable[[Agent], Written]) -> bool:
    with force_locale(agent.language):
        subject, text = write(agent)
    letter = Letter(
        purpose=Purpose.ACCOUNT,
        recipient=agent.email,
        subject=subject,
        text=f"{text}\n\n{_brand()}",
        domain=urlsplit(current_app.config["CC"].public_url).hostname or "localhost",
        payload={"automatic": True, "language": agent.language},
    )
    return post.queue(letter) is not None


def _invitation(agent: Agent, actor: Agent) -> Written:
    ends_at = accounts.invitation_ends_at(agent)
    return (
        _("Your account at %(brand)s", brand=_brand()),
        _(
            "Hello %(name)s,\n\n%(actor)s has opened an account for you. Choose your password here:\n\n%(link)s\n\n"
            "The link works once, until %(day)s. Your sign-in name is %(email)s.",
            name=agent.name,
            actor=actor.name,
            link=links.to_invitation(agent),
            day=format_date(ends_at, "long"),
            email=agent.email,
        ),
    )


def _reset(agent: Agent) -> Written:
    return (
        _("Choose a new password"),
        _(
            "Hello %(name)s,\n\nsomebody, hopefully you, asked for a new password. Choose it here:\n\n%(link)s\n\n"
            "The link works once, for two hours. If it was not you, do nothing: your password stays as it is.",
            name=agent.name,
            link=links.to_reset(agent),
        ),
    )


def _changed(agent: Agent) -> Written:
    return (
        _("Your password was changed"),
        _(
            "Hello %(name)s,\n\nyour password has just been changed, and other browsers were signed out.\n\n"
            "If it was not you, choose a new one at once and tell your administrator:\n\n%(link)s",
            name=agent.name,
            link=links.to("security.forgot_password"),
        ),
    )


def _brand() -> str:
    return str(current_app.config["CC"].brand)


_WRITERS: dict[str, Callable[[Agent], Written]] = {
    "reset_instructions": _reset,
    "reset_notice": _changed,
    "change_notice": _changed,
}
