"""Settings: telephone numbers, and how texts are handled."""

from __future__ import annotations

from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.mailboxes import places, texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.mailboxes.texting import Word
from tests import factories

FORM = {
    "name": "Hotline", "language": "en", "takes_texts_shown": "1", "takes_texts": "1", "acknowledges_shown": "1",
}  # fmt: skip


def only() -> PhoneNumber:
    return db.session.scalars(select(PhoneNumber).execution_options(populate_existing=True)).one()


def test_a_number_is_set_up_changed_and_switched_off(browser: FlaskClient) -> None:
    queue = factories.queue()
    form = FORM | {"address": "030 901820", "queue_id": str(queue.id)}
    assert browser.post("/admin/phone-numbers/new", data=form).status_code == 303
    assert (only().address, only().takes_texts, only().acknowledges) == ("+4930901820", True, False)
    path = f"/admin/phone-numbers/{only().id}"
    assert browser.post(path, data=form | {"name": "Texts", "version": "1"}).status_code == 303
    assert (only().name, only().version) == ("Texts", 2)
    assert places.number_with("+4930901820").name == "Texts"
    assert browser.post(f"{path}/off").status_code == 303
    assert places.number_with("+4930901820") is None
    assert browser.post(f"{path}/on").status_code == 303
    assert places.number_with("+4930901820") is not None
    assert "030 901820" in browser.get("/admin/phone-numbers").text
    assert len(db.session.scalars(select(Event).where(Event.name == "phone_number.changed")).all()) == 4


def test_what_is_no_number_or_is_there_already_is_refused(browser: FlaskClient) -> None:
    queue = factories.queue()
    factories.number(queue)
    for address in ("anonymous", "12", "+4930901820"):
        answer = browser.post("/admin/phone-numbers/new", data=FORM | {"address": address, "queue_id": str(queue.id)})
        assert answer.status_code == 422
        assert 'id="address-error"' in answer.text
    assert only().address == "+4930901820"


def test_a_flag_that_the_form_does_not_show_stays(browser: FlaskClient) -> None:
    queue = factories.queue()
    number = factories.number(queue, takes_calls=False)
    form = FORM | {"address": number.address, "queue_id": str(queue.id), "version": "1"}
    assert browser.post(f"/admin/phone-numbers/{number.id}", data=form).status_code == 303
    assert (only().takes_calls, only().name) == (False, "Hotline")


def test_an_older_form_does_not_undo_what_somebody_else_changed(browser: FlaskClient) -> None:
    queue = factories.queue()
    number = factories.number(queue, version=7)
    form = FORM | {"address": number.address, "queue_id": str(queue.id), "version": "6"}
    assert browser.post(f"/admin/phone-numbers/{number.id}", data=form).status_code == 409
    assert only().name == ""


def test_how_texts_are_handled_is_changed(browser: FlaskClient) -> None:
    page = browser.get("/admin/phone-numbers/texts").text
    assert "stopp" in page
    form = {
        "version": "1", "price": "0,0625", "currency": "cny", "is_quiet": "1", "quiet_from": "22:00",
        "quiet_until": "07:30", "stop_words": "STOP, Ｓtopp，退订", "start_words": "start", "help_words": "",
        "order_words": "order", "status_words": "status",
    }  # fmt: skip
    assert browser.post("/admin/phone-numbers/texts", data=form).status_code == 303
    known = texting.known()
    assert (known.price, known.currency) == (Decimal("0.0625"), "CNY")
    assert [word for word, asks in known.words.items() if asks is Word.STOP] == ["stop", "stopp", "退订"]


def test_a_word_asks_for_one_thing_and_somebody_can_always_stop(browser: FlaskClient) -> None:
    form = {
        "version": "1", "price": "0", "currency": "EUR", "quiet_from": "25:00", "quiet_until": "07:30",
        "stop_words": "", "start_words": "go", "help_words": "go", "order_words": "order", "status_words": "status",
    }  # fmt: skip
    answer = browser.post("/admin/phone-numbers/texts", data=form)
    assert answer.status_code == 422
    for name in ("quiet_from", "stop_words", "help_words"):
        assert f'id="{name}-error"' in answer.text
    assert 'id="order_words-error"' not in answer.text
