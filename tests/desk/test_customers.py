"""Customers on the desk, as a browser sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import notes, points, records
from contact_center.customers.models import ContactPoint, Customer, CustomerKind, CustomerNote
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def greta(app: Flask) -> Customer:
    return factories.greta()


@pytest.fixture
def browser(ada: Agent, greta: Customer, enter: Enter) -> FlaskClient:
    return enter(ada)


def at(customer: Customer, rest: str = "") -> str:
    return f"/desk/customers/{customer.id}{rest}"


def toast(answer: TestResponse) -> dict[str, str]:
    return json.loads(answer.headers["HX-Trigger"])["cc:toast"]  # type: ignore[no-any-return]


def again(customer: Customer) -> Customer:
    """The row as it stands in the database now."""
    db.session.expire_all()
    return db.session.get_one(Customer, customer.id)


# ── the list


def test_it_lists_customers_with_address_place_and_status(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    records.change(greta, ada, 1, city="Hamburg", country="DE", owner_id=ada.id)
    factories.bo()
    page = browser.get("/desk/customers").text
    for shown in ("Greta Lindqvist", "greta@lindqvist.example", "Hamburg, Germany", "Bo Andersen", "+1", "Active"):
        assert shown in page
    mine = browser.get("/desk/customers?owner=me").text
    assert "Greta Lindqvist" in mine
    assert "Bo Andersen" not in mine


def test_it_shows_numbers_as_one_dials_them_from_here(browser: FlaskClient, ada: Agent) -> None:
    for name, number in (("At home", "+49405550142"), ("Abroad", "+8613800138000")):
        records.open_customer(name, ada, points=[points.read(number)])
    page = browser.get("/desk/customers").text
    assert "040 5550142" in page
    assert "+86 138 0013 8000" in page


def test_it_finds_what_is_typed_and_keeps_the_filters(browser: FlaskClient) -> None:
    factories.bo()
    page = browser.get("/desk/customers?q=lindqvist+greta&kind=PERSON").text
    assert "Greta Lindqvist" in page
    assert "Bo Andersen" not in page
    assert "/desk/customers?q=lindqvist+greta&amp;kind=PERSON&amp;status=FORMER" in page


def test_it_goes_from_page_to_page(browser: FlaskClient, ada: Agent) -> None:
    for number in range(51):
        records.open_customer(f"Number {number}", ada)
    first = browser.get("/desk/customers").text
    href = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(href).text
    assert "Number 50<" in first
    assert "Number 0<" not in first
    assert "Number 0<" in second
    assert 'rel="prev"' in second


def test_an_empty_list_says_which_filter_to_drop(browser: FlaskClient) -> None:
    page = browser.get("/desk/customers?status=FORMER&kind=PERSON").text
    assert "No customer matches" in page
    assert 'href="/desk/customers?kind=PERSON"' in page
    nobody = browser.get("/desk/customers?q=nobody%40new.example").text
    assert "/desk/customers/new?email=nobody@new.example" in nobody.replace("%40", "@")


@pytest.mark.parametrize(
    "query", ["owner=x", "owner=99999999999999999999", "kind=ROBOT", "sort=x", "after=x&before=%00"]
)
def test_nonsense_in_the_address_is_passed_over(browser: FlaskClient, query: str) -> None:
    assert browser.get(f"/desk/customers?{query}").status_code == 200


# ── a new customer


def test_it_opens_a_customer_and_warns_of_the_same_address(browser: FlaskClient, ada: Agent) -> None:
    form = {"name": "林晓梅", "kind": "PERSON", "email": "Greta@Lindqvist.example", "phone": "040 555 01 42"}
    answer = browser.post("/desk/customers", data=form)
    lin = db.session.scalars(select(Customer).where(Customer.name == "林晓梅")).one()
    assert answer.location == at(lin)
    assert {point.value for point in lin.points} == {"greta@lindqvist.example", "+49405550142"}
    assert "Greta Lindqvist has the same address" in browser.get(answer.location).text


def test_it_tells_everything_that_is_wrong_at_once(browser: FlaskClient) -> None:
    before = db.session.scalar(select(func.count(Customer.id)))
    form = {"name": " ", "email": "greta@", "phone": "12", "status": "GONE"}
    answer = browser.post("/desk/customers", data=form, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {"name", "email", "phone", "status"}  # type: ignore[index]
    assert db.session.scalar(select(func.count(Customer.id))) == before


def test_it_says_whose_an_address_is_while_it_is_typed(browser: FlaskClient) -> None:
    assert "Greta Lindqvist has this address" in browser.get("/desk/customers/known?email=greta@lindqvist.example").text
    assert browser.get("/desk/customers/known?phone=12").text == ""


def test_it_opens_a_customer_for_a_ticket_nobody_is_known_for(browser: FlaskClient, ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Mail", ada), sender=None)
    answer = browser.post("/desk/customers", data={"name": "Sam", "ticket": ticket.ref})
    assert answer.location == f"/desk/tickets/{ticket.ref}"
    db.session.refresh(ticket)
    assert ticket.customer is not None
    assert ticket.customer.name == "Sam"


# ── the page of one


@pytest.mark.parametrize("tab", ["", "?tab=timeline", "?tab=tickets", "?tab=notes", "?tab=history", "?tab=nonsense"])
def test_every_tab_of_a_customer_without_a_past_says_so(browser: FlaskClient, greta: Customer, tab: str) -> None:
    page = browser.get(at(greta, tab))
    assert page.status_code == 200
    assert "Greta Lindqvist" in page.text
    assert 'class="empty' in page.text


def test_it_shows_what_was_said_and_hides_what_is_in_others_queues(
    browser: FlaskClient, greta: Customer, ada: Agent
) -> None:
    factories.ticket(factories.queue("Mail", ada), subject="Fridge", text="It is warm in there.")
    factories.ticket(factories.queue("Lawyers"), subject="Secret", text="See you in court.")
    timeline, tickets = browser.get(at(greta)).text, browser.get(at(greta, "?tab=tickets")).text
    assert "It is warm in there." in timeline
    for page in (timeline, tickets):
        assert "1 more ticket is in a queue that you do not serve." in page
        assert "Fridge" in page
        assert "Secret" not in page
        assert "court" not in page


def test_it_goes_on_where_the_timeline_ended(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    queue = factories.queue("Mail", ada)
    for number in range(21):
        with clock.standing_at(datetime(2026, 11, 1 + number, tzinfo=UTC)):
            factories.ticket(queue, text=f"word number {number}!", received_at=clock.now())
    page = browser.get(at(greta)).text
    assert "word number 20!" in page
    assert "word number 0!" not in page
    more = page.split('class="more" hx-get="')[1].split('"')[0].replace("&amp;", "&")
    rest = browser.get(more, headers=HTMX).text
    assert "word number 0!" in rest
    assert 'class="more"' not in rest
    assert "<html" not in rest


def test_a_look_at_a_customer_is_on_record_once(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    for path in (at(greta), at(greta, "?tab=notes"), at(greta, "/card")):
        browser.get(path)
    looks = db.session.scalars(select(Event.agent_id).where(Event.name == Name.CUSTOMER_VIEWED)).all()
    assert looks == [ada.id]


def test_it_escapes_what_customers_call_themselves(browser: FlaskClient, ada: Agent) -> None:
    evil = records.open_customer("<script>alert(1)</script>", ada, city='"><img src=x>', about="{{ 7 * 7 }}")
    notes.add(evil, ada, "<b>bold</b>")
    for path in ("", "?tab=notes", "?tab=history", "/card"):
        page = browser.get(at(evil, path)).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "<b>bold" not in page
        assert "49" not in page.split('id="field-about"')[-1][:400]


# ── fields


def test_a_field_opens_saves_and_gets_the_focus_back(browser: FlaskClient, greta: Customer) -> None:
    form = browser.get(at(greta, "/fields/city?edit=1"), headers=HTMX).text
    assert 'name="version" value="1"' in form
    answer = browser.post(at(greta, "/fields/city"), data={"value": "Hamburg", "version": 1, "seen": ""}, headers=HTMX)
    assert "Hamburg" in answer.text
    assert "autofocus" in answer.text
    assert again(greta).city == "Hamburg"


def test_a_bad_value_comes_back_beside_its_field(browser: FlaskClient, greta: Customer) -> None:
    data = {"value": "Mars/Olympus", "version": 1, "seen": ""}
    answer = browser.post(at(greta, "/fields/time_zone"), data=data, headers=HTMX)
    assert answer.status_code == 422
    assert "is not a time zone" in answer.text
    assert again(greta).time_zone is None


def test_a_stale_save_shows_theirs_and_now_and_can_be_insisted_on(
    browser: FlaskClient, greta: Customer, enter: Enter
) -> None:
    lee = factories.lee()
    records.change(greta, lee, 1, city="Bremen")
    mine = {"value": "Hamburg", "version": 1, "seen": ""}
    answer = browser.post(at(greta, "/fields/city"), data=mine, headers=HTMX)
    assert answer.status_code == 409
    for shown in ("Lee Wong", "Bremen", "Hamburg", 'name="version" value="2"', 'name="seen" value="Bremen"'):
        assert shown in answer.text
    assert again(greta).city == "Bremen"
    insisted = mine | {"version": 2, "seen": "Bremen"}
    assert browser.post(at(greta, "/fields/city"), data=insisted, headers=HTMX).status_code == 200
    assert again(greta).city == "Hamburg"


def test_another_field_changed_meanwhile_is_no_conflict(browser: FlaskClient, greta: Customer) -> None:
    records.change(greta, factories.lee(), 1, city="Bremen")
    mine = {"value": "Elbchaussee 1", "version": 1, "seen": ""}
    assert browser.post(at(greta, "/fields/street"), data=mine, headers=HTMX).status_code == 200
    assert (again(greta).city, again(greta).street) == ("Bremen", "Elbchaussee 1")


@pytest.mark.parametrize(
    "name", ["name", "kind", "status", "owner_id", "language", "country", "time_zone", "about", "role", "external_id"]
)
def test_every_field_has_a_form_that_saves_what_it_shows(browser: FlaskClient, greta: Customer, name: str) -> None:
    assert browser.get(at(greta, f"/fields/{name}?edit=1"), headers=HTMX).status_code == 200
    value = getattr(greta, name)
    data = {"value": "" if value is None else value, "version": 1, "seen": "" if value is None else value}
    assert browser.post(at(greta, f"/fields/{name}"), data=data, headers=HTMX).status_code == 200
    assert again(greta).version == 1


@pytest.mark.parametrize("name", ["company_id", "search", "id", "version", "changed_at", "nonsense"])
def test_nothing_else_can_be_written_as_a_field(browser: FlaskClient, greta: Customer, name: str) -> None:
    data = {"value": "1", "version": 1, "seen": ""}
    assert browser.post(at(greta, f"/fields/{name}"), data=data, headers=HTMX).status_code == 404


# ── contact points


def test_an_address_others_have_is_marked_not_refused(browser: FlaskClient, greta: Customer) -> None:
    bo = factories.bo()
    answer = browser.post(at(greta, "/points"), data={"value": "bo@andersen.example", "label": "office"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Also at" in answer.text
    assert at(bo) in answer.text
    assert "office" in answer.text


def test_a_bad_address_comes_back_with_its_sentence(browser: FlaskClient, greta: Customer) -> None:
    answer = browser.post(at(greta, "/points"), data={"value": "greta@", "label": "home"}, headers=HTMX)
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.text
    assert 'value="greta@"' in answer.text
    assert 'value="home"' in answer.text


def test_points_are_preferred_verified_doubted_and_named(browser: FlaskClient, greta: Customer) -> None:
    mail, phone = greta.points
    own = at(greta, f"/points/{phone.id}")
    browser.post(f"{own}/prefer", headers=HTMX)
    browser.post(f"{own}/verify", data={"proof": "called"}, headers=HTMX)
    shown = browser.post(f"{own}/label", data={"label": "mobile"}, headers=HTMX).text
    assert "We called and they answered" in shown
    assert "preferred · mobile" in shown
    browser.post(at(greta, f"/points/{mail.id}/doubt"), headers=HTMX)
    mail, phone = again(greta).points
    assert (mail.verified_at, phone.is_preferred, phone.verified_by, phone.label) == (None, True, "called", "mobile")
    assert browser.post(f"{own}/verify", data={"proof": "guess"}, headers=HTMX).status_code == 422


def test_a_bounced_address_says_why_and_can_be_cleared(browser: FlaskClient, greta: Customer) -> None:
    mail = greta.points[0]
    mail.bounced_at, mail.bounce_reason = clock.now(), "550 no such person"
    db.session.commit()
    assert "550 no such person" in browser.get(at(greta)).text
    assert "no such person" not in browser.post(at(greta, f"/points/{mail.id}/clear"), headers=HTMX).text
    assert again(greta).points[0].bounced_at is None


def test_a_removed_point_can_be_brought_back(browser: FlaskClient, greta: Customer) -> None:
    gone = greta.points[0].id
    answer = browser.post(at(greta, f"/points/{gone}/remove"), headers=HTMX)
    assert "greta@lindqvist.example" not in answer.text
    told = toast(answer)
    assert told["text"] == "greta@lindqvist.example removed"
    assert told["place"] == "points"
    assert "greta@lindqvist.example" in browser.post(told["undo"], headers=HTMX).text
    assert db.session.get(ContactPoint, gone) is not None


def test_points_and_notes_of_others_are_not_found(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    bo = factories.bo()
    note = notes.add(bo, ada, "His")
    db.session.commit()
    for path in (f"/points/{bo.points[0].id}/remove", f"/notes/{note.id}/remove", f"/notes/{note.id}/pin"):
        assert browser.post(at(greta, path), headers=HTMX).status_code == 404
    assert browser.get("/desk/customers/9223372036854775808").status_code == 404


# ── company and contact persons


def test_a_person_gets_a_company_and_leaves_it_and_comes_back(
    browser: FlaskClient, greta: Customer, ada: Agent
) -> None:
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    db.session.commit()
    found = browser.get(f"/desk/customers/find?kind=COMPANY&person={greta.id}&q=sonne", headers=HTMX).text
    assert f"company_id={hotel.id}" in found
    browser.post(at(greta, f"/company?company_id={hotel.id}&role=Decides"), headers=HTMX)
    assert (again(greta).company, again(greta).role) == (hotel, "Decides")
    told = toast(browser.post(at(greta, "/company/leave"), headers=HTMX))
    assert again(greta).company is None
    browser.post(told["undo"], headers=HTMX)
    assert (again(greta).company, again(greta).role) == (hotel, "Decides")


def test_a_company_gets_a_new_contact_person_in_place(browser: FlaskClient, ada: Agent) -> None:
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY", status="ACTIVE")
    db.session.commit()
    form = {"name": "T. Kranz", "position": "Owner", "role": "Decides", "value": "040 555 01 99"}
    answer = browser.post(at(hotel, "/people"), data=form, headers=HTMX)
    kranz = db.session.scalars(select(Customer).where(Customer.company_id == hotel.id)).one()
    assert (kranz.name, kranz.position, kranz.role, kranz.status) == ("T. Kranz", "Owner", "Decides", "ACTIVE")
    assert kranz.points[0].value == "+49405550199"
    assert "T. Kranz" in answer.text
    wrong = browser.post(at(hotel, "/people"), data={"name": "", "value": ""}, headers=HTMX)
    assert (wrong.status_code, "A customer needs a name." in wrong.text) == (422, True)


def test_a_contact_person_is_taken_out_and_put_back(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind=CustomerKind.COMPANY)
    db.session.commit()
    browser.post(at(hotel, f"/people?person_id={greta.id}&position=Cook"), headers=HTMX)
    assert again(greta).company == hotel
    told = toast(browser.post(at(hotel, f"/people/{greta.id}/remove"), headers=HTMX))
    assert again(greta).company is None
    assert "Greta Lindqvist" in browser.post(told["undo"], headers=HTMX).text
    assert again(greta).position == "Cook"


# ── notes and history


def test_a_note_is_written_pinned_mended_removed_and_brought_back(browser: FlaskClient, greta: Customer) -> None:
    assert browser.post(at(greta, "/notes"), data={"text": " "}, headers=HTMX).status_code == 422
    browser.post(at(greta, "/notes"), data={"text": "Has a dog"}, headers=HTMX)
    note = db.session.scalars(select(CustomerNote)).one()
    own = at(greta, f"/notes/{note.id}")
    browser.post(f"{own}/pin", headers=HTMX)
    assert "Has a dog" in browser.get(at(greta)).text
    browser.post(own, data={"text": "Has two dogs", "seen": "Has a dog"}, headers=HTMX)
    stale = browser.post(own, data={"text": "Has a cat", "seen": "Has a dog"}, headers=HTMX)
    assert stale.status_code == 409
    assert "Has two dogs" in stale.text
    told = toast(browser.post(f"{own}/remove", headers=HTMX))
    assert db.session.scalar(select(func.count(CustomerNote.id))) == 0
    assert "Has two dogs" in browser.post(told["undo"], headers=HTMX).text


def test_nobody_mends_the_notes_of_others(browser: FlaskClient, greta: Customer) -> None:
    note = notes.add(greta, factories.lee(), "Mine")
    db.session.commit()
    for path in ("", "/remove"):
        answer = browser.post(at(greta, f"/notes/{note.id}{path}"), data={"text": "x"}, headers=HTMX)
        assert answer.status_code == 403
    assert note.text == "Mine"


def test_the_history_tells_old_and_new_in_words(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    records.change(greta, ada, 1, status="FORMER", owner_id=ada.id, country="DE", language="zh")
    points.relabel(greta.points[0], ada, "home")
    db.session.commit()
    page = browser.get(at(greta, "?tab=history")).text
    for shown in (
        "<del>Active</del>",
        "<ins>Former customer</ins>",
        "<ins>Ada Brandt</ins>",
        "Germany",
        "Chinese",
        "home",
    ):
        assert shown in page
    assert "viewed this customer" not in page
    assert "viewed this customer" not in browser.get(at(greta, "?tab=history&looks=1")).text


def test_supervisors_see_who_looked(
    browser: FlaskClient, greta: Customer, enter: Callable[[Agent], FlaskClient]
) -> None:
    browser.get(at(greta))
    browser.get(at(greta))
    page = enter(factories.lee()).get(at(greta, "?tab=history&looks=1")).text
    assert page.count("viewed this customer") == 1
    assert "Ada Brandt" in page


# ── the card, and who it is


def test_the_card_shows_the_customer_beside_the_ticket(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    queue = factories.queue("Mail", ada)
    other, ticket = factories.ticket(queue, text="The hood rattles"), factories.ticket(queue, text="Warm in there")
    notes.pin(notes.add(greta, ada, "Has a dog"), ada)
    db.session.commit()
    for path in (at(greta, f"/card?ticket={ticket.ref}"), f"/desk/customers/card/{ticket.ref}"):
        card = browser.get(path, headers=HTMX).text
        for shown in ("Greta Lindqvist", "greta@lindqvist.example", other.ref, "The hood rattles", "Has a dog"):
            assert shown in card
        assert "Warm in there" not in card, "what the conversation shows need not stand beside it"


def test_the_card_of_a_ticket_of_others_is_not_found(browser: FlaskClient, greta: Customer) -> None:
    ticket = factories.ticket(factories.queue("Lawyers"))
    for path in (f"/desk/customers/card/{ticket.ref}", at(greta, f"/card?ticket={ticket.ref}")):
        assert browser.get(path).status_code == 404
    for path in ("", "/undo"):
        assert browser.post(f"/desk/customers/choice/{ticket.ref}{path}").status_code == 404


def test_it_asks_who_it_is_takes_the_answer_and_takes_it_back(
    browser: FlaskClient, greta: Customer, ada: Agent
) -> None:
    bo = factories.bo()
    points.add(bo, points.read("greta@lindqvist.example"), ada)
    ticket = factories.ticket(factories.queue("Mail", ada))
    db.session.commit()
    asked = browser.get(f"/desk/customers/card/{ticket.ref}").text
    assert asked.index("Greta Lindqvist") < asked.index("Bo Andersen")
    assert "address verified" in asked
    assert "address claimed" in asked
    answer = browser.post(f"/desk/customers/choice/{ticket.ref}", data={"customer_id": bo.id}, headers=HTMX)
    assert "Bo Andersen" in answer.text
    db.session.refresh(ticket)
    assert ticket.customer_id == bo.id
    assert "Who is this?" in browser.post(toast(answer)["undo"], headers=HTMX).text
    db.session.refresh(ticket)
    assert ticket.candidate_ids == [greta.id, bo.id]


def test_it_attaches_a_ticket_to_somebody_found_by_searching(browser: FlaskClient, greta: Customer, ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("Mail", ada), sender=factories.SAM)
    asked = browser.get(f"/desk/customers/choice/{ticket.ref}").text
    assert f"Now: {factories.SAM.split('@')[0].title()}." in asked
    found = browser.get(f"/desk/customers/choice/{ticket.ref}/find?q=lindq", headers=HTMX).text
    assert f'value="{greta.id}"' in found
    browser.post(f"/desk/customers/choice/{ticket.ref}", data={"customer_id": greta.id}, headers=HTMX)
    db.session.refresh(ticket)
    assert ticket.customer_id == greta.id


def test_it_speaks_chinese_about_countries_and_languages(enter: Enter, app: Flask) -> None:
    chen = factories.agent("陈悦", language="zh_Hans_CN")
    lin = records.open_customer("林晓梅", chen, country="CN", language="zh")
    db.session.commit()
    page = enter(chen).get(at(lin)).text
    assert "中国" in page
    assert "中文" in page
