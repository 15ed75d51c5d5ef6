"""Who carries our texts. A second carrier is one line here and a module beside `twilio`."""

from __future__ import annotations

from contact_center.channels.sms.provider import MessageProvider
from contact_center.channels.sms.twilio import TwilioMessages

PROVIDER: MessageProvider = TwilioMessages()
