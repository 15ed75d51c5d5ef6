"""The account at the carrier, and what it owns: telephone numbers and TwiML applications.

Sources: "IncomingPhoneNumber resource", "Application resource".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Who may ask, and what webhooks are signed with: the token."""

    sid: str
    token: str
    api_key: str = ""
    api_secret: str = ""

    def knows(self, name: str, password: str) -> bool:
        """Whether a name and password open this account: its own, or an API key's."""
        pairs = {(self.sid, self.token)}
        if self.api_key:
            pairs.add((self.api_key, self.api_secret))
        return (name, password) in pairs


@dataclass(slots=True)
class Hooks:
    """The addresses that a number or an application has been given, and how each is requested."""

    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_status_callback: str = ""


@dataclass(slots=True, eq=False)
class PhoneNumber:
    """A telephone number of the account."""

    sid: str
    number: str
    name: str
    created_at: datetime
    updated_at: datetime
    hooks: Hooks = field(default_factory=Hooks)
    voice_application_sid: str = ""
    sms_application_sid: str = ""


@dataclass(slots=True, eq=False)
class Application:
    """A TwiML application: what browsers' calls ask."""

    sid: str
    name: str
    created_at: datetime
    updated_at: datetime
    hooks: Hooks = field(default_factory=Hooks)
    message_status_callback: str = ""
