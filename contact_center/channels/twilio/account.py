"""The installation's account at the carrier, as the settings have it.

Telephone and texts ask here whether there is one; who else is asked, `client` and `signatures` know.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are to the carrier. `base` is an emulated carrier's address; empty: the real one."""

    sid: str
    token: str = field(repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    app_sid: str = ""
    base: str = ""


def current() -> Account | None:
    """The account, or None where telephone and texts are not set up."""
    config = current_app.config["CC"]
    if not config.twilio_account_sid:
        return None
    return Account(
        config.twilio_account_sid, config.twilio_auth_token, config.twilio_api_key, config.twilio_api_secret,
        config.twilio_app_sid, config.twilio_api_base,
    )  # fmt: skip


def is_set_up() -> bool:
    """Whether texts can come and go at all."""
    return current() is not None


def is_emulated() -> bool:
    """Whether the carrier is one on this machine."""
    account = current()
    return account is not None and bool(account.base)
