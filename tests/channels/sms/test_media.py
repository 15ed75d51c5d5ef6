"""Files of texts: fetched from the carrier and nowhere else, looked at, kept, and deleted there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock, jobs
from contact_center.channels.sms import downloads, media
from contact_center.channels.sms.models import MediaState, TextMedia
from contact_center.channels.twilio.failures import Refused
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.jobs import texts
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.text import sayings
from contact_center.tickets.messages import Attachment, Message
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import PREFIX, Answer, Carrier

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)


def place(number: int) -> str:
    return f"{PREFIX}/Messages/MM1/Media/ME{number}"


def url(number: int) -> str:
    return f"https://api.twilio.com{place(number)}"


def send(client: FlaskClient, *urls: str, kind: str = "image/png", ref: str = "MM1") -> None:
    files = {f"MediaUrl{n}": each for n, each in enumerate(urls)}
    kinds = {f"MediaContentType{n}": kind for n in range(len(urls))}
    twilio.text(client, "See here", ref, NumMedia=str(len(urls)), **files, **kinds)


def fetch() -> None:
    db.session.execute(update(TextMedia).values(due_at=clock.now()))
    db.session.commit()
    for raw_id in media.waiting():
        media.fetch(raw_id)


def state() -> list[MediaState]:
    return list(db.session.scalars(select(TextMedia.state).order_by(TextMedia.position)))


def remarks() -> list[str]:
    message = db.session.scalars(select(Message).execution_options(populate_existing=True)).one()
    return [sayings.say(remark) for remark in message.notes]


def test_filing_a_text_wakes_the_task_that_fetches_its_files(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier
) -> None:
    carrier.media[place(0)] = Answer(200, PNG, {"Content-Type": "image/png"})
    form = twilio.incoming("See here", NumMedia="1", MediaUrl0=url(0), MediaContentType0="image/png")
    twilio.post(client, "/twilio/texts/in", form)
    nudges: list[bus.Nudge] = []
    with bus.only(nudges.extend):
        texts.file_texts()
    [(name, ids)] = [nudge for nudge in nudges if nudge[0] == media.DUE]
    task, what = jobs.WHEN[name]
    task(ids[what])
    assert state() == [MediaState.STORED]


def test_a_picture_is_kept_with_the_message_and_deleted_at_the_carrier(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier
) -> None:
    carrier.media[place(0)] = Answer(200, PNG, {"Content-Type": "image/png"})
    send(client, url(0))
    assert state() == [MediaState.WAITING]
    fetch()
    [attachment] = db.session.scalars(select(Attachment)).all()
    assert (attachment.name, attachment.content_type, attachment.size) == ("1.png", "image/png", len(PNG))
    assert carrier.deleted == [f"{place(0)}.json"]
    asked = [form for method, path, form in carrier.asked if path == place(0)]
    assert asked == [[("authorization", "given")]]
    fetch()
    assert len(db.session.scalars(select(Attachment)).all()) == 1


def test_a_redirect_is_followed_without_the_password_and_only_where_files_lie(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier
) -> None:
    carrier.media[place(0)] = Answer(307, b"", {"Location": f"{carrier.base}/files/0"})
    carrier.media["/files/0"] = Answer(200, PNG, {"Content-Type": "image/png"})
    carrier.media[place(1)] = Answer(307, b"", {"Location": "http://127.0.0.1:1/secret"})
    carrier.media[place(2)] = Answer(307, b"", {"Location": f"{carrier.base}{place(2)}"})
    send(client, url(0), url(1), url(2))
    fetch()
    assert state() == [MediaState.STORED, MediaState.REFUSED, MediaState.REFUSED]
    assert [form for _method, path, form in carrier.asked if path == "/files/0"] == [[]]


@pytest.mark.parametrize(
    "where",
    ["http://127.0.0.1/x", "http://169.254.169.254/latest/meta-data", "https://evil.example/x", "file:///etc/passwd",
     "https://api.twilio.com@evil.example/x", "https://api.twilio.com.evil.example/x", "gopher://x", "https://[::1]/",
     "//evil.example", "not an address", "https://api.twilio.com:99999/x", "https://sub.twilio.com:22/x"],
)  # fmt: skip
def test_an_address_that_is_none_of_the_carrier_s_is_not_asked(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier, where: str
) -> None:
    send(client, where)
    fetch()
    assert state() == [MediaState.REFUSED]
    assert "none of the carrier’s" in remarks()[0]
    assert carrier.asked == []


@pytest.mark.parametrize("leads_to", ["127.0.0.1", "10.0.0.1", "::1", "169.254.1.1", "fd00::1"])
def test_a_good_name_that_leads_into_a_private_net_is_not_asked(
    app: Flask, carrier: Carrier, monkeypatch: pytest.MonkeyPatch, leads_to: str
) -> None:
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], twilio_api_base=""))
    monkeypatch.setattr(downloads.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (leads_to, 443))])
    with pytest.raises(Refused):
        downloads._allowed("https://media.twiliocdn.com/x", downloads.account.current())


def test_what_is_too_large_or_of_another_kind_is_left_and_said(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MOST_BYTES", 100)
    carrier.media[place(0)] = Answer(200, bytes(101), {"Content-Type": "image/png"})
    carrier.media[place(1)] = Answer(200, b"<script>", {"Content-Type": "text/html"})
    carrier.media[place(2)] = Answer(200, b"<svg/>", {"Content-Type": "image/svg+xml"})
    send(client, url(0), url(1), url(2))
    fetch()
    assert state() == [MediaState.REFUSED] * 3
    assert ["larger than 16 MB" in remarks()[0], "of a kind" in remarks()[1]] == [True, True]
    assert carrier.deleted == []


def test_what_is_not_there_yet_is_asked_for_again_and_at_last_said(
    client: FlaskClient, number: PhoneNumber, carrier: Carrier
) -> None:
    send(client, url(0))
    fetch()
    assert state() == [MediaState.WAITING]
    carrier.media[place(0)] = Answer(200, PNG, {"Content-Type": "image/png"})
    fetch()
    assert state() == [MediaState.STORED]
    send(client, url(1), ref="MM2")
    for _ in range(media.MOST_TRIES):
        fetch()
    assert db.session.scalar(select(TextMedia.state).order_by(TextMedia.id.desc())) is MediaState.REFUSED


def test_ten_files_come_and_no_eleventh(client: FlaskClient, number: PhoneNumber, carrier: Carrier) -> None:
    for n in range(12):
        carrier.media[place(n)] = Answer(200, PNG + bytes([n]), {"Content-Type": "image/png"})
    send(client, *(url(n) for n in range(12)))
    fetch()
    assert state() == [MediaState.STORED] * 10


@pytest.mark.parametrize("count", ["-1", "x", "9999999999999999999999", "", "٣"])
def test_a_count_that_is_none_means_no_file(client: FlaskClient, number: PhoneNumber, count: str) -> None:
    assert twilio.text(client, "Hi", NumMedia=count, MediaUrl0=url(0)).status_code == 200
    assert state() == []


def test_a_word_with_a_picture_is_no_command(client: FlaskClient, number: PhoneNumber) -> None:
    send(client, url(0))
    twilio.text(client, "STATUS", "MM9", NumMedia="1", MediaUrl0=url(1), MediaContentType0="image/png")
    assert len(db.session.scalars(select(Message)).all()) == 2
