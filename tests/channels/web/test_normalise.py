"""From the raw message to the value that is filed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from flask import Flask

from contact_center import clock
from contact_center.channels.base import RawMessage
from contact_center.channels.web.adapter import TITLE_LENGTH, WebChannel, title_of
from contact_center.channels.web.submissions import Form, StoredFile, Submission
from contact_center.errors import Unreadable
from contact_center.files import store
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import InboundMessage, Kind
from tests.channels.web.test_receive import SENT

REQUEST = replace(SENT, files=(), fields={"kind": "REPAIR", "order_number": "A-17", "phone": "+4930123456"})


def normalised(sent: Submission) -> InboundMessage:
    [raw] = WebChannel().receive(sent)
    return WebChannel().normalise(raw)


def test_a_request_is_a_form_whose_sender_is_only_claimed() -> None:
    message = normalised(REQUEST)
    assert (message.channel, message.kind) == ("web", Kind.FORM)
    assert message.sender == Address(Scheme.EMAIL, "sam@stranger.example")
    assert not message.authenticated
    assert message.thread_keys == ()
    assert dict(message.fields) == {"kind": "REPAIR", "order_number": "A-17", "phone": "+4930123456"}
    assert message.may_acknowledge


def test_a_reply_from_a_private_page_is_authenticated_by_its_address() -> None:
    message = normalised(replace(REQUEST, form=Form.REPLY, ticket_token="abc", fields={}))
    assert message.authenticated
    assert message.thread_keys == ("token:abc",)
    assert message.subject == ""


def test_a_request_that_looks_like_a_robots_gets_no_acknowledgement() -> None:
    assert not normalised(replace(REQUEST, fields={"suspicion": "too_fast"})).may_acknowledge


def test_it_brings_the_stored_files_along(app: Flask) -> None:
    data = b"\xff\xd8\xff a photo"
    store.put(data)
    file = StoredFile(hashlib.sha256(data).hexdigest(), "label.jpg", "image/jpeg", len(data))
    [part] = normalised(replace(REQUEST, files=(file,))).attachments
    assert (part.name, part.content_type, part.data) == ("label.jpg", "image/jpeg", data)


def test_it_is_unreadable_when_a_file_is_gone(app: Flask) -> None:
    gone = StoredFile("00" * 32, "label.jpg", "image/jpeg", 1)
    with pytest.raises(Unreadable):
        normalised(replace(REQUEST, files=(gone,)))


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"not json", b'{"form": "request"}', b'{"sender": 3}', b"null"])
def test_it_is_unreadable_when_the_payload_is_no_form(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        WebChannel().normalise(RawMessage("web", "x", payload, clock.now()))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("My fridge hums.\nAll night.", "My fridge hums."),
        ("\n\n  冰箱有噪音  \n", "冰箱有噪音"),
        ("Dear Sir or Madam,\n\nmy oven is cold.", "my oven is cold."),
        ("您好，\n冰箱不制冷", "冰箱不制冷"),
        ("Hello!", "Hello!"),
        ("word " * 60, ("word " * 18).strip() + "…"),
        ("箱" * 200, "箱" * TITLE_LENGTH + "…"),
    ],
)
def test_a_title_is_the_beginning_of_the_first_line(text: str, title: str) -> None:
    assert title_of(text) == title
