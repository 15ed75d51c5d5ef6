"""The telephone companies there are. Another one is a folder and a line here."""

from __future__ import annotations

from contact_center.channels.phone.provider import VoiceProvider
from contact_center.channels.phone.twilio.voice import TwilioVoice

PROVIDERS: dict[str, VoiceProvider] = {provider.name: provider for provider in (TwilioVoice(),)}
