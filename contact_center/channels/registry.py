"""The channels there are. A new channel is one line here."""

from __future__ import annotations

from contact_center.channels.base import Channel
from contact_center.channels.email.adapter import EmailChannel
from contact_center.channels.phone.adapter import PhoneChannel
from contact_center.channels.sms.adapter import SmsChannel
from contact_center.channels.web.adapter import WebChannel

_ALL = (EmailChannel(), WebChannel(), SmsChannel(), PhoneChannel())
CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _ALL}
