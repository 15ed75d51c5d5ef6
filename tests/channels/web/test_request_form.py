"""The request form over HTTP, without scripts: from the empty page to the ticket, and everything that can go wrong."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.web import forms
from contact_center.channels.web.portal import limits
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.extensions import db
from contact_center.files import store
from contact_center.queues.models import Queue
from contact_center.text.addresses import Scheme
from contact_center.tickets.messages import Attachment, Interaction, InteractionState
from contact_center.tickets.models import RequestKind, TicketState
from tests import factories
from tests.channels.web.naughty import STRINGS
from tests.channels.web.visits import (
    GOOD,
    PHOTO,
    Visitor,
    errors_of,
    messages,
    newest,
    page_of,
    tickets,
    value_of,
    words_of,
)


def test_the_start_leads_to_the_form_with_the_kind_chosen(visit: Visitor) -> None:
    page = visit.get("/")
    assert page.status_code == 200
    assert "How can we help?" in page.text
    assert "support@norra.example" in page.text
    form = visit.get("/request?kind=REPAIR").text
    assert re.search(r'value="REPAIR" required checked', form)


def test_the_start_needs_no_mailbox(app: Flask) -> None:
    assert Visitor(app).get("/").status_code == 200


def test_it_opens_a_ticket_in_the_queue_for_web_requests(visit: Visitor, queue: Queue) -> None:
    visit.ask(order_number="A-17", phone="030 123456")
    ticket = newest()
    assert (ticket.subject, ticket.kind, ticket.order_number) == ("My fridge hums.", RequestKind.REPAIR, "A-17")
    assert (ticket.channel, ticket.state, ticket.queue_id, ticket.language) == ("web", TicketState.NEW, queue.id, "en")
    [message] = messages(ticket)
    assert (message.text, message.sender_name) == (GOOD["text"], "Sam Stranger")
    waiting = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    assert (waiting.state, waiting.channel) == (InteractionState.WAITING, "web")


def test_it_opens_a_prospect_whose_addresses_are_only_claimed(visit: Visitor) -> None:
    visit.ask(phone="030 123456")
    customer = db.session.get_one(Customer, newest().customer_id)
    assert customer.name == "Sam Stranger"
    points = db.session.scalars(select(ContactPoint).where(ContactPoint.customer_id == customer.id)).all()
    assert {(p.scheme, p.value, p.source, p.verified_at) for p in points} == {
        (Scheme.EMAIL, "sam@stranger.example", PointSource.FORM, None),
        (Scheme.PHONE, "+4930123456", PointSource.FORM, None),
    }


def test_a_known_address_is_that_customers_request(visit: Visitor) -> None:
    greta = factories.greta()
    visit.ask(email="Greta@Lindqvist.example", name="Somebody")
    assert newest().customer_id == greta.id


def test_it_thanks_with_the_number_and_says_where_the_link_went(visit: Visitor) -> None:
    sent = visit.ask()
    assert sent.status_code == 303
    thanks = words_of(visit.get(sent.location).text)
    assert newest().ref in thanks
    assert "on its way to sam@stranger.example" in thanks
    assert newest().portal_token not in thanks


def test_a_request_with_only_a_phone_number_shows_its_link_to_this_browser_alone(visit: Visitor, app: Flask) -> None:
    sent = visit.ask(email="", phone="+86 138 0013 8000")
    assert page_of(newest()) in visit.get(sent.location).text
    stranger = Visitor(app).get(sent.location)
    assert stranger.status_code == 200
    assert newest().portal_token not in stranger.text
    assert newest().ref not in stranger.text


def test_a_double_click_is_one_request(visit: Visitor) -> None:
    token = visit.token()
    first, second = visit.ask(token=token), visit.ask(token=token)
    assert first.location == second.location
    assert len(tickets()) == 1


def test_going_back_and_changing_the_words_is_a_new_request(visit: Visitor) -> None:
    token = visit.token()
    visit.ask(token=token)
    visit.ask(token=token, text="And it leaks.")
    assert [messages(ticket)[0].text for ticket in tickets()] == [GOOD["text"], "And it leaks."]


def test_it_keeps_the_photo_that_came_along(visit: Visitor) -> None:
    visit.ask(PHOTO, ("发票.pdf", b"%PDF-1.7 invoice"))
    [message] = messages(newest())
    assert [(part.name, part.content_type) for part in message.attachments] == [
        ("label.jpg", "image/jpeg"),
        ("发票.pdf", "application/pdf"),
    ]
    assert store.read(message.attachments[0].file) == PHOTO[1]


def test_an_error_gives_everything_back_with_a_sentence_and_the_focus(visit: Visitor) -> None:
    page = visit.ask(name="", email="sam@", text="It hums & <b>rattles</b>.", order_number="A-17")
    assert page.status_code == 422
    assert set(errors_of(page.text)) == {"name", "email"}
    assert "It hums &amp; &lt;b&gt;rattles&lt;/b&gt;." in page.text
    assert 'value="A-17"' in page.text
    assert 'value="sam@"' in page.text
    assert re.search(r'value="REPAIR" required checked', page.text)
    assert re.findall(r'id="(\w+)"[^>]*autofocus', page.text) == ["name"]
    assert tickets() == []


def test_an_error_keeps_the_files_and_the_next_try_sends_them(visit: Visitor) -> None:
    page = visit.ask(PHOTO, name="").text
    assert "label.jpg" in page
    sent = visit.post("/request", **GOOD | {"token": value_of("token", page), "kept": value_of("kept", page)})
    assert sent.status_code == 303
    assert [part.name for part in messages(newest())[0].attachments] == ["label.jpg"]


def test_a_program_is_refused_and_the_rest_kept(visit: Visitor) -> None:
    page = visit.ask(PHOTO, ("setup.exe", b"MZ\x00"))
    assert page.status_code == 422
    assert errors_of(page.text)["files"] == "“setup.exe” is a program. Send a photo or a document instead."
    assert "label.jpg" in page.text


def test_files_that_are_too_large_together_are_named(visit: Visitor, app: Flask) -> None:
    most = app.config["CC"].max_upload_bytes
    page = visit.ask(("a.txt", b"a" * (most - 10)), ("b.txt", b"b" * 11))
    assert page.status_code == 422
    assert "“b.txt” was left out: all files together may have 25 MB." in errors_of(page.text)["files"]
    assert GOOD["text"].splitlines()[0] in page.text


def test_far_too_large_a_body_is_refused_with_a_sentence(visit: Visitor, app: Flask) -> None:
    page = visit.ask(("film.mp4", b"\0" * (3 * app.config["CC"].max_upload_bytes)))
    assert page.status_code == 413
    assert "25 MB" in words_of(page.text)


def test_a_forged_reference_to_a_file_is_ignored(visit: Visitor) -> None:
    visit.post("/request", **GOOD | {"token": visit.token(), "kept": "W3siZGlnZXN0IjoiMDAifV0.forged"})
    assert messages(newest())[0].attachments == []


def test_the_other_language_keeps_everything_typed(visit: Visitor) -> None:
    page = visit.ask(PHOTO, language="zh_Hans_CN", email="", name="陈静怡")
    assert page.status_code == 200
    assert '<html lang="zh-CN"' in page.text
    assert 'value="陈静怡"' in page.text
    assert "label.jpg" in page.text
    assert errors_of(page.text) == {}
    assert tickets() == []
    assert '<html lang="zh-CN"' in visit.get("/").text


def test_a_link_changes_the_language_and_keeps_the_rest_of_the_address(visit: Visitor) -> None:
    there = visit.get("/request?kind=REPAIR&language=zh_Hans_CN")
    assert there.location == "/request?kind=REPAIR"
    assert '<html lang="zh-CN"' in visit.get("/request").text


def test_a_request_is_kept_in_the_language_of_its_page(visit: Visitor, app: Flask) -> None:
    Visitor(app, language="zh-CN,zh;q=0.9").ask()
    assert newest().language == "zh_Hans_CN"


def test_a_field_that_people_do_not_see_marks_a_robot_whose_request_is_kept(visit: Visitor) -> None:
    sent = visit.ask(website="https://spam.example")
    assert sent.status_code == 303
    [message] = messages(newest())
    assert "suspicion" in message.fields
    assert page_of(newest()) in visit.get(sent.location).text


def test_a_form_filled_in_within_seconds_is_kept_but_not_acknowledged(visit: Visitor) -> None:
    visit.ask(token=visit.token(ago=timedelta(seconds=1)))
    assert messages(newest())[0].fields["suspicion"] == "too_fast"


@pytest.mark.parametrize("token", ["", "forged", "W10.x", "ü\x00"])
def test_a_form_that_is_not_ours_comes_back_ready_to_be_sent(visit: Visitor, token: str) -> None:
    page = visit.post("/request", **GOOD | {"token": token})
    assert page.status_code == 400
    assert tickets() == []
    fresh = value_of("token", page.text)
    assert visit.post("/request", **GOOD | {"token": fresh}).status_code == 303


def test_a_post_from_another_site_changes_nothing(visit: Visitor) -> None:
    token = visit.token()
    visit.browser.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert visit.ask(token=token).status_code == 400
    assert tickets() == []


def test_it_works_in_a_browser_that_keeps_no_cookies(visit: Visitor, app: Flask) -> None:
    token = visit.token()
    sent = Visitor(app).ask(token=token)
    assert sent.status_code == 303
    assert "we have your request" in words_of(Visitor(app).get(sent.location).text)
    assert len(tickets()) == 1


def test_a_person_may_send_five_requests_and_then_hears_when_to_go_on(visit: Visitor) -> None:
    for n in range(5):
        assert visit.ask(text=f"Request {n}").status_code == 303
    page = visit.ask(text="Request 5")
    assert page.status_code == 429
    assert "send it again after" in words_of(page.text)
    assert "Request 5" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 600
    assert visit.ask(email="other@stranger.example").status_code == 303


def test_one_network_may_send_sixty_forms(visit: Visitor, app: Flask) -> None:
    for _ in range(60):
        assert visit.post("/request", kind="").status_code == 422
    page = visit.ask()
    assert page.status_code == 429
    assert "My fridge hums." in page.text
    assert Visitor(app, network="203.0.113.8").ask().status_code == 303


def test_an_empty_file_field_is_no_file(visit: Visitor) -> None:
    assert visit.ask(("", b"")).status_code == 303


def test_one_network_may_send_so_many_megabytes_a_day(visit: Visitor, app: Flask) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        assert limits.by_bytes(299_500_000) is None
    page = visit.ask(("last.txt", b"small"))
    assert "Enough files have come from your network" in errors_of(page.text)["files"]
    assert visit.ask().status_code == 303


def test_a_request_that_cannot_be_filed_is_kept_and_thanked_for(visit: Visitor, files_dir) -> None:
    page = visit.ask(PHOTO, name="").text
    for blob in files_dir.rglob("*"):
        if blob.is_file() and blob.read_bytes() == PHOTO[1]:
            blob.unlink()
    typed = GOOD | {"token": value_of("token", page), "kept": value_of("kept", page)}
    sent = visit.post("/request", **typed)
    assert sent.status_code == 303
    assert "stored safely" in words_of(visit.get(sent.location).text)
    assert db.session.scalars(select(RawMessageRow)).one().state is RawState.NEW


def test_naughty_words_are_stored_as_they_are(visit: Visitor, app: Flask) -> None:
    token = visit.token()
    for n, naughty in enumerate(STRINGS):
        person = Visitor(app, network=f"2001:db8:0:{n:x}::1")
        typed = GOOD | {
            "token": token,
            "email": f"sam{n}@stranger.example",
            "text": naughty,
            "order_number": naughty[:60],
        }
        page = person.post("/request", **typed | {"name": naughty[:120]})
        if not naughty.strip() or len(naughty) > forms.LONGEST_TEXT:
            assert (page.status_code, "text" in errors_of(page.text)) == (422, True)
            continue
        assert page.status_code == 303, naughty
        [message] = messages(newest())
        assert message.text == naughty.replace("\r\n", "\n").replace("\r", "\n")
        assert not naughty.isprintable() or message.sender_name == naughty[:120].strip()
        assert n % 9 or words_of(person.get(page_of(newest())).text)


@pytest.mark.parametrize(
    "field", ["kind", "email", "phone", "name", "order_number", "token", "kept", "language", "website"]
)
def test_a_naughty_string_in_any_field_is_taken_or_refused_with_a_sentence(visit: Visitor, field: str) -> None:
    token = visit.token()
    for n, naughty in enumerate(STRINGS if field in ("kind", "email", "phone") else STRINGS[::5]):
        visit.browser.environ_base["REMOTE_ADDR"] = f"2001:db8:0:{n:x}::1"
        page = visit.post("/request", **GOOD | {"token": token, "text": "", field: naughty})
        assert page.status_code == 422, naughty
        assert "text" in errors_of(page.text)
        assert field not in ("kind", "email") or field in errors_of(page.text), naughty


def test_files_may_have_naughty_names(visit: Visitor) -> None:
    names = [text for text in STRINGS if "\x00" not in text]
    for start in range(0, len(names), 5):
        visit.browser.environ_base["REMOTE_ADDR"] = f"2001:db8:0:{start:x}::1"
        page = visit.ask(
            *((name, f"file {n}".encode()) for n, name in enumerate(names[start : start + 5])),
            email=f"sam{start}@stranger.example",
        )
        assert page.status_code in (303, 422)
        assert "<script>alert" not in page.text
    kept = db.session.scalars(select(Attachment.name)).all()
    assert len(kept) > 50
    assert all(name and name.isprintable() for name in kept)


def test_five_megabytes_of_text_come_back_with_a_sentence(visit: Visitor) -> None:
    page = visit.ask(text="x" * 5_000_000)
    assert page.status_code == 422
    assert str(forms.LONGEST_TEXT) in errors_of(page.text)["text"]
    assert "x" * 1000 in page.text


def test_ten_thousand_fields_are_refused(visit: Visitor) -> None:
    page = visit.post("/request", **GOOD | {f"field{n}": "x" for n in range(10_000)})
    assert page.status_code == 413


def test_ten_thousand_urlencoded_fields_are_passed_over(visit: Visitor) -> None:
    page = visit.browser.post("/request", data=GOOD | {f"field{n}": "x" for n in range(10_000)})
    assert page.status_code == 400


PART = b"Content-Disposition: form-data; "


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"name": {"$gt": ""}, "text": [[[[1]]]]}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"name=\xff\xfe\x00&text=%00%ff%ed%a0%80&kind=REPAIR", "application/x-www-form-urlencoded"),
        (b"name=a&name=b&name[]=c&name[x]=d", "application/x-www-form-urlencoded"),
        (b"&&&===%%%", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + PART + b"name=text\r\n\r\nno end", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + PART + b"name=name; filename=a\r\n\r\nx\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + PART + b"name=files\r\n\r\nnot a file\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + PART + b'name="text"\r\nContent-Type: text/plain; charset=bogus\r\n\r\nx\r\n--x--',
         "multipart/form-data; boundary=x"),
        (b"whatever", "multipart/form-data"),
        (b"whatever", "multipart/form-data; boundary=" + "b" * 5000),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", ""),
        (b"<x/>", "text/xml; charset=utf-7"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_a_form_with_everything_missing(
    visit: Visitor, body: bytes, content_type: str
) -> None:
    page = visit.browser.post("/request", data=body, content_type=content_type)
    assert page.status_code == 422
    assert errors_of(page.text)
    assert db.session.scalar(select(func.count()).select_from(RawMessageRow)) == 0


@pytest.mark.parametrize(
    "path", ["/request?kind=%00", "/request?kind=%ff", "/request?language=%00", "/?language=xx", "/request/sent/0"]
)
def test_an_odd_address_is_answered(visit: Visitor, path: str) -> None:
    assert visit.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/request/sent/99999999999999999999999", "/request/sent/x", "/request/", "/r/", "/r"])
def test_an_address_that_is_none_is_not_found(visit: Visitor, path: str) -> None:
    assert visit.get(path).status_code in (200, 404)


def test_no_page_of_the_portal_is_cached_or_tells_where_it_came_from(visit: Visitor) -> None:
    for path in ("/", "/request"):
        headers = visit.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
