"""The signed-in customer's pages: orders, money, devices, requests, visits, profile; theirs alone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.customers import consents
from contact_center.customers.models import Consent, Customer
from contact_center.entitlements.models import Asset, EntitlementCheck, EntitlementPolicy, ServiceContract
from contact_center.events.models import Event
from contact_center.extensions import db, limiter
from contact_center.mailboxes.models import Mailbox
from contact_center.orders.models import Payment
from contact_center.satisfaction import surveys
from contact_center.selfservice import deflections
from contact_center.selfservice.models import Deflection, Notice, VisitWindow
from contact_center.tickets import lifecycle, notes, replies, tasks
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.models import TicketState
from tests import factories
from tests.channels.web.naughty import STRINGS
from tests.channels.web.shoppers import Shopper
from tests.channels.web.visits import errors_of, messages, newest, tickets, value_of, words_of


@pytest.fixture
def greta(mailbox: Mailbox) -> Customer:
    limiter.reset()
    customer = factories.greta()
    db.session.commit()
    return customer


@pytest.fixture
def shopper(app: Flask, greta: Customer) -> Shopper:
    return Shopper(app, greta)


def policy(fee: str = "79") -> None:
    db.session.add(
        EntitlementPolicy(
            kind="REPAIR", tiers=[], needs="PAID", fee=Decimal(fee), currency="EUR", is_active=True, position=0,
            sentence="A visit outside the warranty costs something.",
        )
    )  # fmt: skip
    db.session.commit()


def payment(customer: Customer, invoice_id: int, amount: str, number: str = "P1", method: str = "Transfer") -> None:
    now = clock.now()
    db.session.add(
        Payment(
            external_id=number, customer_id=customer.id, invoice_id=invoice_id, currency="EUR", amount=Decimal(amount),
            received_at=now - timedelta(days=5), method=method, changed_at=now,
        )
    )  # fmt: skip
    db.session.commit()


class TestOrders:
    def test_an_order_shows_its_way_its_lines_and_counts_as_deflected_once(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        factories.order(greta)
        db.session.commit()
        for _ in range(2):
            page = words_of(shopper.get("/my/orders/K7-20482-QX").text)
        assert "Arrives tomorrow" in page
        assert "Hub North" in page
        assert "€599.00" in page
        assert [row.subject for row in db.session.scalars(select(Deflection))] == ["K7-20482-QX"]

    def test_words_in_an_old_ticket_refute_what_was_answered_alone(self, shopper: Shopper, greta: Customer) -> None:
        ada, now = factories.ada(), clock.now()
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        lifecycle.take(ticket, ada)
        replies.reply(ticket, ada, "We come on Saturday.", then="RESOLVED")
        factories.order(greta)
        db.session.commit()
        shopper.get("/my/orders/K7-20482-QX")
        with clock.standing_at(now + timedelta(hours=2)):
            shopper.fill(f"/my/requests/{ticket.ref}", text="Where is it?")
        with clock.standing_at(now + timedelta(hours=25)):
            deflections.sweep()
        assert db.session.scalars(select(Deflection.state)).one() == "REFUTED"

    def test_many_orders_come_in_pages_and_none_twice(self, shopper: Shopper, greta: Customer) -> None:
        now = clock.now()
        for number in range(45):
            factories.order(greta, f"K7-{number:03}", placed_at=now - timedelta(days=number // 3))
        db.session.commit()
        seen, path = [], "/my/orders"
        while path:
            page = shopper.get(path).text
            seen += [number for number in (f"K7-{n:03}" for n in range(45)) if f"Order {number}" in page]
            path = f"/my/orders?before={seen[-1] if seen else ''}" if "Earlier orders" in page else ""
            if path:
                path = "/my/orders?before=" + page.split("before=")[1].split('"')[0]
        assert sorted(seen) == [f"K7-{n:03}" for n in range(45)]

    @pytest.mark.parametrize("number", ["K7-404", "..%2F..%2Fetc", "%00", "a/b/c", "x" * 3000, "'%20OR%201=1"])
    def test_an_order_that_is_not_there_is_not_found(self, shopper: Shopper, number: str) -> None:
        assert shopper.get(f"/my/orders/{number}").status_code == 404

    def test_a_contact_person_with_the_right_role_sees_the_companys(self, app: Flask, mailbox: Mailbox) -> None:
        company = factories.customer("Lindqvist AB", kind="COMPANY")
        buyer = factories.customer("Greta", "greta@lindqvist.example", company_id=company.id, role="buys")
        user = factories.customer("Ulf", "ulf@lindqvist.example", company_id=company.id, role="Uses it")
        factories.order(company, "K7-FIRM")
        db.session.commit()
        assert Shopper(app, buyer).get("/my/orders/K7-FIRM").status_code == 200
        assert Shopper(app, user).get("/my/orders/K7-FIRM").status_code == 404


class TestMoney:
    def test_the_statement_runs_from_opening_to_closing_balance(self, shopper: Shopper, greta: Customer) -> None:
        old = factories.invoice(greta, "1", "100.00", issued_on=factories.today() - timedelta(days=200))
        factories.invoice(greta, "2", "1000.50")
        payment(greta, old.id, "40.25")
        page = words_of(shopper.get("/my/statement").text)
        assert "Opening balance 100.00" in page
        assert "Invoice 2" in page
        assert "−40.25 1,060.25" in page
        assert "1,060.25" in page.split("Closing balance")[1]

    def test_the_csv_opens_in_a_spreadsheet_and_calculates_nothing(self, shopper: Shopper, greta: Customer) -> None:
        bill = factories.invoice(greta, "2", "10.00", title='=HYPERLINK("http://evil")')
        payment(greta, bill.id, "4.00", method="@SUM(A1)")
        answer = shopper.get("/my/statement.csv?language=")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert rows[2][3] == '\'=HYPERLINK("http://evil")'
        assert rows[3][3] == "'@SUM(A1)"
        assert [row[-1] for row in rows[1:]] == ["0.00", "10.00", "6.00", "6.00"]

    @pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
    def test_the_pdf_carries_chinese_and_hundreds_of_lines(
        self, shopper: Shopper, greta: Customer, language: str
    ) -> None:
        for number in range(120):
            factories.invoice(greta, f"N{number}", title="冰箱与洗衣机 – fridge & washer")
        db.session.commit()
        shopper.get(f"/my?language={language}")
        answer = shopper.get("/my/statement.pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        assert answer.data.count(b"/Type /Page\n") + answer.data.count(b"/Type /Page ") >= 3
        assert b"NotoSansSC" in answer.data

    def test_currencies_never_meet(self, shopper: Shopper, greta: Customer) -> None:
        factories.invoice(greta, "1", "10.00")
        factories.invoice(greta, "2", "7.00", currency="CNY")
        db.session.commit()
        page = words_of(shopper.get("/my/statement?currency=CNY").text)
        assert "7.00" in page.split("Closing balance")[1]
        assert "17.00" not in page

    @pytest.mark.parametrize(
        "query",
        [
            "since=yesterday", "since=2026-13-40", "since=9999-12-31&until=0001-01-01", "currency=XXX",
            "since=1000-01-01", "until=2026-01-01&since=2026-02-01", "since=1990-01-01", "since=%00",
            "currency=" + "E" * 999,
        ],
    )  # fmt: skip
    def test_a_period_that_cannot_be_is_told(self, shopper: Shopper, greta: Customer, query: str) -> None:
        factories.invoice(greta)
        db.session.commit()
        assert shopper.get(f"/my/statement?{query}").status_code == 200
        assert shopper.get(f"/my/statement.pdf?{query}").status_code == 200

    def test_an_invoice_is_a_pdf_of_ones_own(self, app: Flask, shopper: Shopper, greta: Customer) -> None:
        order = factories.order(greta)
        factories.invoice(greta, "88415", order_id=order.id)
        factories.invoice(greta, "88416", cancelled_at=clock.now())
        bo = factories.bo()
        db.session.commit()
        assert shopper.get("/my/invoices/88415").data.startswith(b"%PDF-")
        assert shopper.get("/my/invoices/88416").status_code == 404
        assert Shopper(app, bo).get("/my/invoices/88415").status_code == 404

    def test_charges_are_those_for_services(self, shopper: Shopper, greta: Customer) -> None:
        factories.invoice(greta, "G1", title="Fridge")
        factories.invoice(greta, "S1", title="Visit in March", kind="SERVICE")
        db.session.commit()
        page = words_of(shopper.get("/my/charges").text)
        assert "Visit in March" in page
        assert "Fridge" not in page


class TestDevices:
    def test_a_device_is_registered_once_unconfirmed_and_an_agent_is_asked(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        typed = {"name": "Washer WM-10", "serial": " 7a31 0442-19 ", "bought_on": "2025-03-31"}
        assert shopper.fill("/my/devices/new", **typed).location == "/my/devices"
        assert "in your list already" in errors_of(shopper.fill("/my/devices/new", **typed).text)["serial"]
        asset = db.session.scalars(select(Asset)).one()
        assert (asset.serial, asset.confirmed_at, asset.source) == ("7A310442-19", None, "CUSTOMER")
        assert "Being checked" in words_of(shopper.get("/my/devices").text)
        [task] = tasks.of(newest())
        assert task.title == "Confirm the device Washer WM-10, serial number 7A310442-19"
        assert newest().customer_id == greta.id

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"serial": ""}, "serial"),
            ({"serial": "x" * 400}, "serial"),
            ({"name": ""}, "name"),
            ({"name": "n" * 5000}, "name"),
            ({"bought_on": "2999-01-01"}, "bought_on"),
            ({"bought_on": "31.3.2025"}, "bought_on"),
            ({"serial": "\x00\x00"}, "serial"),
        ],
    )
    def test_what_cannot_be_registered_is_told_and_kept(
        self, shopper: Shopper, typed: dict[str, str], field: str
    ) -> None:
        answer = shopper.fill("/my/devices/new", **({"name": "Washer", "serial": "7A31-0442"} | typed))
        assert answer.status_code == 422
        assert field in errors_of(answer.text)
        assert db.session.scalar(select(Asset)) is None

    def test_warranty_and_contract_tell_what_is_left(self, shopper: Shopper, greta: Customer) -> None:
        asset = factories.asset(greta, warranty_until=factories.today() + timedelta(days=26))
        today = factories.today()
        db.session.add(
            ServiceContract(
                external_id="C1", customer_id=greta.id, name="Care Plus", valid_from=today - timedelta(days=9),
                valid_until=today + timedelta(days=99), hours="24x7", response_minutes=240, visits_included=2,
                visits_used=1, changed_at=clock.now(),
            )
        )  # fmt: skip
        db.session.commit()
        page = words_of(shopper.get(f"/my/devices/{asset.id}").text)
        assert "Ends in 26 days" in page
        assert "1 of 2 visits left · answered within 4 hours" in page


class TestRequests:
    def test_all_channels_are_there_with_what_was_said_and_nothing_internal(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        queue = db.session.scalars(select(factories.Queue)).one()
        ada = factories.ada()
        ticket = factories.ticket(queue, attachments=(InboundFile("plate.png", "image/png", b"\x89PNG\r\n\x1a\nx"),))
        lifecycle.take(ticket, ada)
        notes.add(ticket, ada, "She is difficult")
        replies.reply(ticket, ada, "We come on Saturday.", then="WAITING")
        replies.reply(ticket, ada, "Do you have the part?", to=("supplier@parts.example",), copies=(), then="WAITING")
        db.session.commit()
        page = shopper.get(f"/my/requests/{ticket.ref}").text
        assert "It is 11 degrees in there." in page
        assert "We come on Saturday." in page
        assert "difficult" not in page
        assert "Do you have the part?" not in page
        link = page.split(f'href="/my/requests/{ticket.ref}/files/')[1].split('"')[0]
        assert shopper.get(f"/my/requests/{ticket.ref}/files/{link}").data.startswith(b"\x89PNG")

    def test_an_answer_joins_the_ticket_once_however_often_it_is_sent(self, shopper: Shopper, greta: Customer) -> None:
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        db.session.commit()
        page = f"/my/requests/{ticket.ref}"
        token = value_of("token", shopper.get(page).text)
        for _ in range(2):
            assert shopper.post(page, token=token, text="It is warmer now.").location == page
        said = messages(ticket)
        assert [message.text for message in said] == ["It is 11 degrees in there.", "It is warmer now."]
        assert said[1].authenticated is True
        assert said[1].sender == "greta@lindqvist.example"

    def test_solved_and_reopened_with_words(self, shopper: Shopper, greta: Customer) -> None:
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        db.session.commit()
        page = f"/my/requests/{ticket.ref}"
        for _ in range(2):
            assert shopper.post(f"{page}/solved").status_code == 303
        db.session.refresh(ticket)
        assert ticket.state is TicketState.RESOLVED
        assert "Reopen the request" in words_of(shopper.get(page).text)
        shopper.fill(page, text="It stopped again.")
        db.session.refresh(ticket)
        assert (ticket.state, ticket.reopened) == (TicketState.NEW, 1)

    def test_what_is_solved_is_rated_and_a_low_score_becomes_a_task(self, shopper: Shopper, greta: Customer) -> None:
        ada, queue = factories.ada(), db.session.scalars(select(factories.Queue)).one()
        ticket = factories.ticket(queue)
        lifecycle.take(ticket, ada)
        db.session.commit()
        page = f"/my/requests/{ticket.ref}"
        shopper.post(f"{page}/rating", score="5")
        assert surveys.of_ticket(ticket) is None  # nothing is solved yet
        lifecycle.resolve(ticket, ada)
        db.session.commit()
        assert "How satisfied are you" in words_of(shopper.get(page).text)
        for odd in ("", "0", "6", "x", "\u0661"):
            shopper.post(f"{page}/rating", score=odd)
        assert surveys.of_ticket(ticket) is None
        shopper.post(f"{page}/rating", score="1", comment="Nobody came.")
        survey = surveys.of_ticket(ticket)
        assert survey is not None
        assert (survey.score, survey.comment) == (1, "Nobody came.")
        assert survey.task_id is not None
        assert "Change the rating" in words_of(shopper.get(page).text)

    def test_what_was_closed_goes_on_in_a_new_ticket_of_the_same_customer(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        ticket.state, ticket.resolved_at, ticket.closed_at = TicketState.CLOSED, clock.now(), clock.now()
        db.session.commit()
        answer = shopper.fill(f"/my/requests/{ticket.ref}", text="Again!")
        assert answer.location == f"/my/requests/{newest().ref}"
        assert newest().customer_id == greta.id
        assert newest().ref in words_of(shopper.get(f"/my/requests/{ticket.ref}").text)

    @pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
    def test_an_answer_that_cannot_be_sent_comes_back_whole(self, shopper: Shopper, greta: Customer, text: str) -> None:
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        db.session.commit()
        answer = shopper.fill(f"/my/requests/{ticket.ref}", text=text)
        assert answer.status_code == 422
        assert text in answer.text
        assert "text" in errors_of(answer.text)

    def test_an_expired_answer_comes_back_whole(self, shopper: Shopper, greta: Customer) -> None:
        ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
        db.session.commit()
        token = value_of("token", shopper.get(f"/my/requests/{ticket.ref}").text)
        del shopper.browser.environ_base["HTTP_X_CSRFTOKEN"]
        answer = shopper.post(f"/my/requests/{ticket.ref}", token=token, text="A long story")
        assert answer.status_code == 400
        assert "A long story" in answer.text
        assert len(messages(ticket)) == 1

    def test_many_requests_come_in_pages(self, shopper: Shopper, greta: Customer) -> None:
        queue = db.session.scalars(select(factories.Queue)).one()
        refs = [factories.ticket(queue, subject=f"Number {number}", text=f"No {number}").ref for number in range(25)]
        db.session.commit()
        first = shopper.get("/my/requests").text
        second = shopper.get("/my/requests?before=" + first.split("before=")[1].split('"')[0]).text
        assert all((f"/my/requests/{ref}" in first) != (f"/my/requests/{ref}" in second) for ref in refs)


class TestAsking:
    GOOD = {"kind": "QUESTION", "text": "Which filter fits?", "order": "", "asset": ""}  # noqa: RUF012

    def ask(self, shopper: Shopper, **typed: str) -> object:
        return shopper.fill("/my/ask", **(self.GOOD | typed))

    def test_a_request_is_the_customers_own_though_others_share_the_address(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        factories.customer("Bo Lindqvist", "greta@lindqvist.example")
        factories.order(greta)
        db.session.commit()
        answer = self.ask(shopper, kind="RETURN", order="K7-20482-QX")
        ticket = newest()
        assert answer.location == f"/my/requests/{ticket.ref}"  # type: ignore[attr-defined]
        assert (ticket.customer_id, ticket.kind, ticket.order_number) == (greta.id, "RETURN", "K7-20482-QX")
        assert messages(ticket)[0].authenticated is True

    def test_what_covers_it_stands_beside_each_device_before_sending(self, shopper: Shopper, greta: Customer) -> None:
        factories.asset(greta)
        old = factories.asset(greta, "OLD-1", name="Old hood", warranty_until=factories.today() - timedelta(days=1))
        policy()
        page = words_of(shopper.get("/my/ask?kind=REPAIR").text)
        assert "Free: under warranty until" in page
        assert "Not covered: €79.00" in page
        assert "A visit outside the warranty costs something." in page
        self.ask(shopper, kind="REPAIR", asset=str(old.id))
        check = db.session.get_one(EntitlementCheck, newest().id)
        assert (check.asset_id, check.cover, check.needs) == (old.id, "NONE", "PAID")

    def test_of_many_devices_any_can_be_chosen_and_its_cover_seen_first(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        old = factories.asset(greta, "FIRST", name="Old hood")
        for number in range(24):
            factories.asset(greta, f"SN-{number}")
        db.session.commit()
        form = shopper.get("/my/ask?kind=REPAIR").text
        assert "21 more devices" in words_of(form)
        assert f'<option value="{old.id}">Old hood · FIRST</option>' in form
        chosen = self.ask(shopper, kind="REPAIR", other=str(old.id))
        assert chosen.status_code == 200  # type: ignore[attr-defined]
        assert f'value="{old.id}" checked' in chosen.text  # type: ignore[attr-defined]
        assert "Look at what covers this device" in words_of(chosen.text)  # type: ignore[attr-defined]
        assert tickets() == []
        self.ask(shopper, kind="REPAIR", asset=str(old.id))
        assert db.session.get_one(EntitlementCheck, newest().id).asset_id == old.id

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"kind": "NONSENSE"}, "kind"),
            ({"text": ""}, "text"),
            ({"text": "y" * 20_001}, "text"),
            ({"order": "K7-BO"}, "order"),
            ({"asset": "999999"}, "asset"),
            ({"asset": "x"}, "asset"),
            ({"kind": "VISIT"}, "slot"),
            ({"kind": "VISIT", "slot": "1.2027-01-01"}, "slot"),
        ],
    )
    def test_what_is_missing_or_not_theirs_is_told_and_the_rest_kept(
        self, app: Flask, shopper: Shopper, greta: Customer, typed: dict[str, str], field: str
    ) -> None:
        bo = factories.bo()
        factories.order(bo, "K7-BO")
        factories.asset(greta)
        db.session.commit()
        answer = self.ask(shopper, **typed)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert field in errors_of(answer.text)  # type: ignore[attr-defined]
        assert typed.get("text", "Which filter fits?") in answer.text  # type: ignore[attr-defined]
        assert tickets() == []

    def test_anothers_device_is_none_of_ours(self, shopper: Shopper, greta: Customer) -> None:
        theirs = factories.asset(factories.bo())
        db.session.commit()
        assert self.ask(shopper, kind="REPAIR", asset=str(theirs.id)).status_code == 422  # type: ignore[attr-defined]

    def test_a_visit_is_booked_with_the_request_moved_and_cancelled(self, shopper: Shopper, greta: Customer) -> None:
        for weekday in range(7):
            db.session.add(
                VisitWindow(region="", weekday=weekday, begins=time(9), ends=time(11), capacity=1, is_active=True)
            )
        db.session.commit()
        form = shopper.get("/my/ask?kind=VISIT").text
        keys = [part.split('"')[0] for part in form.split('name="slot" value="')[1:]]
        self.ask(shopper, kind="VISIT", slot=keys[0])
        ticket = newest()
        assert "We visit you" in words_of(shopper.get(f"/my/requests/{ticket.ref}").text)
        visit = f"/my/requests/{ticket.ref}/visit"
        assert keys[0] not in shopper.get(visit).text
        assert shopper.post(visit, slot=keys[1]).status_code == 303
        assert keys[0] in shopper.get(visit).text
        assert shopper.post(visit, slot="").status_code == 422
        assert shopper.post(visit, slot="7.x").status_code == 409
        assert shopper.post(f"{visit}/cancel").status_code == 303
        assert [task.state for task in tasks.of(ticket)] == ["CANCELLED"]

    def test_a_form_that_was_open_for_too_long_comes_back_whole(self, shopper: Shopper) -> None:
        shopper.get("/my/ask")
        answer = shopper.post("/my/ask", **self.GOOD, token="forged")
        assert answer.status_code == 400
        assert "Which filter fits?" in answer.text


class TestProfile:
    def test_name_language_and_address_change_with_an_event(self, shopper: Shopper, greta: Customer) -> None:
        typed = {"name": "Greta L.", "language": "zh_Hans_CN", "street": "Lane 1", "postcode": "1", "city": "Oslo"}
        page = shopper.get("/my/profile").text
        answer = shopper.post("/my/profile", version=value_of("version", page), country="Norway", **typed)
        assert answer.status_code == 303
        db.session.refresh(greta)
        assert (greta.name, greta.language, greta.city, greta.country) == ("Greta L.", "zh", "Oslo", "NO")
        changed = db.session.scalars(select(Event).where(Event.name == "customer.changed")).one()
        assert changed.agent_id is None
        assert 'lang="zh-CN"' in shopper.get("/my").text

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"name": ""}, "name"), ({"name": "n" * 999}, "name"), ({"country": "Atlantis"}, "country"),
         ({"street": "s" * 9999}, "street")],
    )  # fmt: skip
    def test_what_cannot_be_saved_is_told(
        self, shopper: Shopper, greta: Customer, typed: dict[str, str], field: str
    ) -> None:
        page = shopper.get("/my/profile").text
        answer = shopper.post("/my/profile", version=value_of("version", page), **({"name": "Greta"} | typed))
        assert answer.status_code == 422
        assert field in errors_of(answer.text)

    def test_two_who_change_it_at_once_are_told(self, shopper: Shopper, greta: Customer) -> None:
        version = value_of("version", shopper.get("/my/profile").text)
        shopper.post("/my/profile", version=version, name="First")
        answer = shopper.post("/my/profile", version=version, name="Second")
        assert answer.status_code == 409
        assert 'value="Second"' in answer.text

    def test_consents_are_written_down_with_their_evidence_only_when_they_change(
        self, shopper: Shopper, greta: Customer
    ) -> None:
        for _ in range(2):
            shopper.post("/my/profile/consents", **{"email.marketing": "1", "email.surveys": "1"})
        words = consents.current(greta.id)
        assert words["email", "marketing"].is_granted
        assert not words["email", "notices"].is_granted
        assert ("email", "surveys") not in words  # it holds without a word
        assert "greta@lindqvist.example" in words["email", "marketing"].evidence
        assert len(db.session.scalars(select(Consent)).all()) == 3


def test_notices_are_for_their_tier_and_their_days(app: Flask, shopper: Shopper, greta: Customer) -> None:
    today = factories.today()
    for title, tiers, begins in (("All", [], 0), ("Gold", ["A"], 0), ("Basic", ["D"], 0), ("Later", [], 3)):
        db.session.add(
            Notice(title=title, title_zh=f"{title}中", tiers=tiers, from_on=today + timedelta(days=begins),
                   until_on=today + timedelta(days=5), position=0)
        )  # fmt: skip
    db.session.commit()

    def seen(who: Shopper) -> list[str]:
        page = who.get("/notices").text
        return [title for title in ("All", "Gold", "Basic", "Later") if f">{title}<" in page]

    assert seen(Shopper(app)) == ["All"]
    assert seen(shopper) == ["All", "Basic"]
    greta.tier = "A"
    db.session.commit()
    assert seen(shopper) == ["All", "Gold"]
    assert "All中" in shopper.get("/notices?language=zh_Hans_CN").text or "All中" in shopper.get("/notices").text


# One in fifteen: tests/channels/web/test_request_form.py tries them all on the parts that these forms share.
@pytest.mark.parametrize("text", STRINGS[::15])
def test_no_words_break_a_page(app: Flask, greta: Customer, text: str) -> None:
    """The same odd strings in every field of every form, and shown again on every page."""
    limiter.reset()
    shopper = Shopper(app, greta)
    greta.name = text.replace("\x00", "")[:100] or "x"
    factories.order(greta, note=text.replace("\x00", ""))
    factories.asset(greta, name=greta.name)
    factories.invoice(greta, title=greta.name)
    ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one(), subject=greta.name)
    db.session.commit()
    forms = {
        "/my/profile": ("name", "street", "city", "country", "postcode", "language", "version"),
        "/my/ask": ("kind", "text", "order", "asset", "slot", "region", "token"),
        "/my/devices/new": ("name", "serial", "bought_on", "token"),
        f"/my/requests/{ticket.ref}": ("text", "token", "kept", "language"),
        f"/my/requests/{ticket.ref}/visit": ("slot", "region", "look"),
        "/my/profile/consents": ("email.marketing",),
        "/my/sign-in": ("email", "next"),
        "/my/code": ("code", "next"),
        "/order": ("number", "contact"),
    }
    for path, fields in forms.items():
        assert shopper.post(path, **dict.fromkeys(fields, text)).status_code < 500, path
    pages = (
        "/my", "/my/orders", "/my/orders/K7-20482-QX", "/my/statement", "/my/statement.pdf", "/my/devices",
        "/my/charges", "/my/requests", f"/my/requests/{ticket.ref}", "/my/ask?kind=VISIT", "/my/profile",
    )  # fmt: skip
    for path in pages:
        answer = shopper.get(path)
        assert answer.status_code == 200, path
        assert answer.mimetype != "text/html" or "<script>alert" not in answer.text


def test_times_are_the_readers_own(app: Flask, shopper: Shopper, greta: Customer) -> None:
    greta.time_zone = "Asia/Shanghai"
    db.session.commit()
    with clock.standing_at(datetime(2026, 3, 1, 2, 0, tzinfo=UTC)):
        page = shopper.get("/my").text
    assert "Good morning" in page  # ten over there, three in the night here
    assert "Asia/Shanghai" in page


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_external=1&_scheme=javascript", "_method=PURGE", "_anchor=x", "a=1&a=2", "filename=%00"]
)
@pytest.mark.parametrize("path", ["/my/sign-in", "/", "/order", "/notices"])
def test_choosing_a_language_keeps_the_rest_of_the_address_and_obeys_none_of_it(
    app: Flask, mailbox: Mailbox, path: str, query: str
) -> None:
    answer = Shopper(app).get(f"{path}?language=zh_Hans_CN&{query}")
    assert (answer.status_code, answer.location) == (302, f"{path}?{query}")


@pytest.mark.parametrize("number", ["1" + "0" * 30, "-1", "x", "%00", "\u0661"])
def test_a_page_before_what_cannot_be_is_the_newest(shopper: Shopper, greta: Customer, number: str) -> None:
    ticket = factories.ticket(db.session.scalars(select(factories.Queue)).one())
    db.session.commit()
    for path in ("/my/requests", "/my/orders", f"/my/requests/{ticket.ref}", f"/r/{ticket.portal_token}"):
        assert shopper.get(f"{path}?before={number}").status_code == 200, path
    assert shopper.get(f"/my/devices/1{'0' * 30}").status_code == 404


def test_what_is_not_there_is_told_on_a_page_of_the_portal(shopper: Shopper, greta: Customer) -> None:
    answer = shopper.get("/my/orders/K7-404")
    assert answer.status_code == 404
    assert "This page does not exist, or it is not yours to see." in words_of(answer.text)
    assert 'href="/my/orders"' in answer.text
    del shopper.browser.environ_base["HTTP_X_CSRFTOKEN"]
    answer = shopper.post("/my/profile/consents")
    assert answer.status_code == 400
    assert "was open for too long" in words_of(answer.text)
