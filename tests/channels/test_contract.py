"""What holds for every channel, whatever it speaks."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center import clock
from contact_center.channels.base import Channel, OutboundMessage, RawMessage
from contact_center.channels.email.adapter import Parcel
from contact_center.channels.registry import CHANNELS
from contact_center.channels.sms import adapter as sms
from contact_center.channels.web.submissions import Form, Submission
from contact_center.errors import DeliveryError, Unreadable
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import InboundMessage
from tests import factories

SOURCES = {
    "email": Parcel("pipe", 1, b"From: sam@stranger.example\r\nSubject: Kettle\r\n\r\nIt leaks.\r\n"),
    "web": Submission(
        Form.REQUEST, "nonce", Address(Scheme.EMAIL, "sam@stranger.example"), "Sam", "My kettle leaks.", "en"
    ),
    "phone": {
        "key": "abc",
        "kind": "CALL",
        "at": "2026-11-23T10:00:00+00:00",
        "number_id": None,
        "caller": "+4915112345678",
        "called": "+4930901820",
        "language": "en",
        "customer_id": None,
        "subject": "Call from +4915112345678: a repair",
        "said": "It leaks.",
        "fields": {},
        "queue_id": None,
    },
    "sms": sms.Parcel(b"MessageSid=SM1&From=%2B4915112345678&To=%2B4930901820&Body=My+kettle+leaks."),
}
SENDERS = dict.fromkeys(("phone", "sms"), Address(Scheme.PHONE, "+4915112345678"))
every_channel = pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)


@every_channel
def test_it_is_listed_under_its_own_name(channel: Channel) -> None:
    assert CHANNELS[channel.name] is channel


@every_channel
def test_the_same_source_twice_is_the_same_raw_message(app: Flask, channel: Channel) -> None:
    (first,), (again,) = (list(channel.receive(SOURCES[channel.name])) for _ in range(2))
    assert (first.channel, first.external_id, first.payload) == (channel.name, again.external_id, again.payload)


@every_channel
def test_what_it_received_it_can_read(app: Flask, channel: Channel) -> None:
    (raw,) = channel.receive(SOURCES[channel.name])
    message = channel.normalise(raw)
    assert isinstance(message, InboundMessage)
    assert (message.channel, message.sender) == (
        channel.name, SENDERS.get(channel.name, Address(Scheme.EMAIL, "sam@stranger.example")),
    )  # fmt: skip
    assert "leaks" in message.text


@every_channel
def test_reading_is_pure(app: Flask, channel: Channel) -> None:
    (raw,) = channel.receive(SOURCES[channel.name])
    assert channel.normalise(raw) == channel.normalise(raw)


@every_channel
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=400))
def test_rubbish_is_read_or_called_unreadable(app: Flask, channel: Channel, payload: bytes) -> None:
    raw = RawMessage(channel.name, "rubbish", payload, clock.now())
    try:
        message = channel.normalise(raw)
    except Unreadable:
        return
    assert "\0" not in message.text + message.subject + message.html


@every_channel
def test_it_hands_a_message_over_or_says_why_not(app: Flask, channel: Channel) -> None:
    factories.mailbox(factories.queue())
    leaving = OutboundMessage("<id@norra.example>", "support@norra.example", "", (factories.SAM,), "Re: Kettle", "Hi")
    said = ""
    try:
        said = channel.send(leaving)
    except DeliveryError as error:
        said = error.sentence
    assert said
