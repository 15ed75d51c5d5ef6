"""From a sent form to the raw message: the same thing again has the same id."""

from __future__ import annotations

import json
from dataclasses import replace

from contact_center.channels.web.adapter import WebChannel
from contact_center.channels.web.submissions import Form, StoredFile, Submission, parse
from contact_center.text.addresses import Address, Scheme

SENT = Submission(
    form=Form.REQUEST,
    nonce="n1",
    sender=Address(Scheme.EMAIL, "sam@stranger.example"),
    sender_name="Sam 陈",
    text="It hums.",
    language="en",
    fields={"kind": "REPAIR"},
    files=(StoredFile("ab" * 32, "label.jpg", "image/jpeg", 12),),
)


def test_it_keeps_a_form_as_one_raw_message_of_readable_json() -> None:
    [raw] = WebChannel().receive(SENT)
    assert raw.channel == "web"
    assert json.loads(raw.payload)["sender_name"] == "Sam 陈"
    assert "Sam 陈" in raw.payload.decode()
    assert raw.facts == {"files": ["ab" * 32]}


def test_it_gives_a_double_click_the_same_id() -> None:
    [first], [second] = WebChannel().receive(SENT), WebChannel().receive(SENT)
    assert first.external_id == second.external_id
    assert first.payload == second.payload


def test_it_gives_an_edited_form_an_id_of_its_own() -> None:
    [first], [edited] = WebChannel().receive(SENT), WebChannel().receive(replace(SENT, text="It hums loudly."))
    assert first.external_id != edited.external_id


def test_it_gives_the_same_words_from_another_form_another_id() -> None:
    [first], [other] = WebChannel().receive(SENT), WebChannel().receive(replace(SENT, nonce="n2"))
    assert first.external_id != other.external_id
    assert first.payload == other.payload


def test_what_was_kept_reads_back_as_it_was_sent() -> None:
    assert replace(parse(SENT.payload()), nonce="n1") == SENT
