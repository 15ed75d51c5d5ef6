"""Orders on the desk: products, what a customer has; and the line on a ticket that says what covers it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements import assets, checks, contracts, policies, registering
from contact_center.entitlements.models import Asset, AssetSource, EntitlementPolicy, ServiceContract
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.orders import catalogue, invoices, lists, orders, payments, products, shipments
from contact_center.orders.models import Order, Product, Settlement
from contact_center.queues.models import Queue
from tests import factories


@pytest.fixture
def greta(app: object) -> Customer:
    greta = factories.greta()
    greta.external_id, greta.tier = "C-1", "B"
    products.put("P-1", name="Fridge KX-200", model="KX-200", line="Cooling", defects="Relay clicks <loudly>",
                 warranty_months=24)  # fmt: skip
    products.put("P-2", name="净水滤芯", model="F-9", line="Water")
    products.put_price("P-1", "Retail", "EUR", "899", "2026-01-01")
    products.put_stock("P-1", "Hefei", 4)
    return greta


@pytest.fixture
def order(greta: Customer) -> Order:
    order: Order = orders.put(
        "SO-10496", customer="C-1", currency="EUR", placed_at="2026-03-01", promised_on="2026-03-09", region="North",
        state="CONFIRMED", lines=[{"product": "P-1", "quantity": 1, "unit_price": "899", "discount": "50"}],
    ).row  # fmt: skip
    return order


@pytest.fixture
def lee(app: object, enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(factories.lee())


def test_an_order_tells_all_that_belongs_to_it(desk: FlaskClient, order: Order, queue: Queue) -> None:
    shipments.put(
        "SH-1",
        order="SO-10496",
        carrier="Nordpost",
        tracking=[{"at": "2026-03-03T08:00:00Z", "state": "IN_TRANSIT", "place": "Kiel", "text": "Left"}],
    )
    invoices.put("INV-1", order="SO-10496", amount="849", issued_on="2026-03-02", due_on="2026-03-16")
    payments.put("PAY-1", invoice="INV-1", amount="400", received_at="2026-03-05")
    assets.put("A-1", customer="C-1", product="P-1", order="SO-10496", serial="KX1")
    seen = factories.ticket(queue, fields={"order_number": "SO-10496"}, subject="Where is my fridge?")
    unseen = factories.ticket(factories.queue("Elsewhere"), sender="x@y.example", fields={"order_number": "SO-10496"})
    db.session.commit()
    page = desk.get(f"/desk/orders/{order.id}").text
    for said in ("SO-10496", "Greta Lindqvist", "Fridge KX-200", "€849.00", "Nordpost", "Left", "Kiel", "INV-1",
                 "€449.00 open", "PAY-1", "KX1", seen.ref):  # fmt: skip
        assert said in page
    assert unseen.ref not in page
    looked = db.session.scalars(select(Event).where(Event.name == "customer.viewed")).one()
    assert looked.customer_id == order.customer_id


def test_late_orders_are_a_list_and_a_search_finds_by_number_and_by_customer(desk: FlaskClient, order: Order) -> None:
    orders.put("SO-2", customer="C-1", currency="EUR", total=5, placed_at="2026-03-02", state="DELIVERED")
    db.session.commit()

    def rows(query: str) -> set[str]:
        page, known = desk.get(f"/desk/orders{query}").text, db.session.scalars(select(Order))
        return {one.external_id for one in known if f'id="order-{one.id}"' in page}

    assert rows("") == {"SO-10496"}
    assert rows("?state=late") == {"SO-10496"}
    assert rows("?state=DELIVERED") == {"SO-2"}
    assert rows("?q=SO-1") == {"SO-10496"}
    assert rows("?q=greta") == {"SO-10496", "SO-2"}
    assert rows("?q=%25") == set()
    assert rows("?state=nonsense&after=nonsense") == {"SO-10496"}
    assert rows("?region=South") == set()


def test_orders_and_products_are_found_from_everywhere(desk: FlaskClient, order: Order) -> None:
    found = json.loads(desk.get("/desk/palette?q=so-10496").text) + json.loads(desk.get("/desk/palette?q=SO-104").text)
    assert {entry["url"] for entry in found if entry["group"] == "Orders"} == {f"/desk/orders/{order.id}"}
    for typed in ("kx-200", "KX", "fridge", "P-1"):
        found = json.loads(desk.get(f"/desk/palette?q={typed}").text)
        assert [entry["label"] for entry in found if entry["group"] == "Products"] == ["Fridge KX-200"]
    assert "净水滤芯" in desk.get("/desk/search?q=滤芯").text


def test_a_product_tells_stock_prices_defects_and_owners(desk: FlaskClient, order: Order) -> None:
    assets.put("A-1", customer="C-1", product="P-1", serial="KX1")
    db.session.commit()
    product = db.session.scalars(select(Product).where(Product.external_id == "P-1")).one()
    page = desk.get(f"/desk/products/{product.id}").text
    for said in ("Hefei", "€899.00", "Relay clicks &lt;loudly&gt;", "SO-10496", "Greta Lindqvist", "KX1"):
        assert said in page
    assert "Fridge" in desk.get("/desk/products?show=defects").text
    assert "No product matches" in desk.get("/desk/products?line=Nothing").text


def test_lists_are_paged_both_ways_without_gap_or_repeat(greta: Customer) -> None:
    orders.put_many({"external_id": f"SO-{n}", "customer": "C-1", "currency": "EUR", "total": n,
                     "placed_at": f"2026-03-{n // 4 + 1:02}"} for n in range(20))  # fmt: skip
    first = lists.page(lists.Filter(), limit=7)
    second = lists.page(lists.Filter(), after=first.next, limit=7)
    third = lists.page(lists.Filter(), after=second.next, limit=7)
    rows = [(row.placed_at, row.id) for page in (first, second, third) for row in page.rows]
    assert rows == sorted(set(rows), reverse=True)
    assert len(rows) == 20
    assert (first.previous, third.next) == (None, None)
    back = lists.page(lists.Filter(), before=third.previous, limit=7)
    assert [row.id for row in back.rows] == [row.id for row in second.rows]
    products.put_many({"external_id": f"X-{n}", "name": f"thing {n % 3}"} for n in range(10))
    seen, after = [], None
    while True:
        page = catalogue.page(catalogue.Filter(), after=after, limit=4)
        seen += [row.product.id for row in page.rows]
        if (after := page.next) is None:
            break
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize("cursor", [
    b"[1, 2]", b'["2026-01-01T00:00:00", 99999999999999999999]', b'["2026-01-01T00:00:00+00:00", -1]',
    b'["a\\u0000b", 5]', b'["2026-01-01T00:00:00+00:00", 1e999]', b"[" * 5000, b"\xff\xfe", b'{"a": 1}',
    b'["0001-01-01T00:00:00+00:00", 1]',
])  # fmt: skip
def test_a_damaged_cursor_leads_to_the_beginning(desk: FlaskClient, order: Order, cursor: bytes) -> None:
    db.session.commit()
    said = base64.urlsafe_b64encode(cursor).decode()
    for page in ("orders?state=all&", "products?", "assets?", "contracts?", f"customers/{order.customer_id}/orders?"):
        for name in ("after", "before"):
            assert desk.get(f"/desk/{page}{name}={said}").status_code == 200
    assert desk.get("/desk/orders?region=a%00b&q=a%00b").status_code == 200
    assert desk.get("/desk/products?line=a%00b&q=a%00b").status_code == 200


def test_a_settlement_is_recorded_once_by_a_supervisor_only(lee: FlaskClient, desk: FlaskClient, order: Order) -> None:
    given = {"kind": "COMPENSATION", "amount": "15.50", "reason": "Late", "once": "x" * 20}
    db.session.commit()
    assert desk.post(f"/desk/orders/{order.id}/settlement", data=given).status_code == 403
    for _ in range(2):
        assert lee.post(f"/desk/orders/{order.id}/settlement", data=given).status_code == 303
    settled = db.session.scalars(select(Settlement)).one()
    assert (settled.amount, settled.currency, settled.order_id) == (Decimal("15.50"), "EUR", order.id)
    told = db.session.scalars(select(Event).where(Event.name == "settlement.given")).one()
    assert (told.data["reason"], told.customer_id) == ("Late", order.customer_id)
    wrong = lee.post(f"/desk/orders/{order.id}/settlement", data={"kind": "RETURN", "amount": "-3"},
                     headers={"Accept": "application/json"})  # fmt: skip
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["amount"])


def test_an_agent_adds_a_device_and_confirms_what_a_customer_registered(desk: FlaskClient, greta: Customer) -> None:
    product = db.session.scalars(select(Product).where(Product.external_id == "P-1")).one()
    db.session.commit()
    added = {"product": str(product.id), "serial": "kx 5", "bought_on": "2026-02-28", "name": ""}
    assert desk.post(f"/desk/customers/{greta.id}/assets", data=added).status_code == 303
    asset = db.session.scalars(select(Asset)).one()
    assert (asset.name, asset.serial, str(asset.warranty_until)) == ("Fridge KX-200", "KX5", "2028-02-28")
    again = desk.post(f"/desk/customers/{greta.id}/assets", data=added, headers={"Accept": "application/json"})
    assert list(again.json["fields"]) == ["serial"]
    theirs = registering.add(greta, None, product=product, serial="KX6", bought_on="2026-02-28")
    db.session.commit()
    assert (theirs.source, theirs.confirmed_at) == (AssetSource.CUSTOMER, None)
    assert "To be confirmed" in desk.get(f"/desk/customers/{greta.id}/assets").text
    desk.post(f"/desk/assets/{theirs.id}/confirm")
    db.session.expire_all()
    assert theirs.confirmed_at is not None
    desk.post(f"/desk/assets/{theirs.id}/retire")
    db.session.expire_all()
    assert theirs.retired_on is not None
    assert desk.post(f"/desk/assets/{theirs.id}/retire").status_code == 409


def test_a_supervisor_signs_changes_and_cancels_a_contract(lee: FlaskClient, greta: Customer) -> None:
    asset = assets.put("A-1", customer="C-1", product="P-1").row
    others = assets.put("A-2", customer=_other(), name="Not theirs").row
    db.session.commit()
    signed = {"name": "Comfort", "valid_from": "2026-01-01", "valid_until": "2040-01-01", "hours": "24x7",
              "response_minutes": "240", "visits_included": "4", "kind": ["REPAIR", "made up"],
              "asset": [asset.id, others.id]}  # fmt: skip
    assert lee.post(f"/desk/customers/{greta.id}/contracts", data=signed).status_code == 303
    contract = db.session.scalars(select(ServiceContract)).one()
    assert (contract.kinds, [each.id for each in contract.assets], contract.visits_included) == (
        ["REPAIR"],
        [asset.id],
        4,
    )
    changed = {**signed, "visits_included": "", "kind": [], "asset": []}
    lee.post(f"/desk/contracts/{contract.id}", data=changed)
    db.session.expire_all()
    assert (contract.kinds, contract.assets, contract.visits_included) == ([], [], None)
    lee.post(f"/desk/contracts/{contract.id}/cancel")
    db.session.expire_all()
    assert contract.cancelled_on is not None
    lee.post(f"/desk/contracts/{contract.id}/restore")
    db.session.expire_all()
    assert contract.cancelled_on is None
    assert "Comfort" in lee.get(f"/desk/customers/{greta.id}/contracts").text


def _other() -> str:
    factories.customer("Somebody Else", external_id="C-9")
    db.session.flush()
    return "C-9"


def test_the_account_shows_what_is_owed_and_a_statement(desk: FlaskClient, order: Order) -> None:
    invoices.put("INV-1", order="SO-10496", amount="849", issued_on="2026-03-02", due_on="2026-03-16")
    payments.put("PAY-1", invoice="INV-1", amount="400", received_at="2026-03-05T12:00:00Z")
    db.session.commit()
    address = f"/desk/customers/{order.customer_id}/account?since=2026-03-01&until=2026-03-31"
    page = desk.get(address).text
    for said in ("INV-1", "PAY-1", "€849.00", "€449.00"):
        assert said in page
    assert desk.get(f"{address}&currency=XXX&since=nonsense").status_code == 200


def test_a_ticket_says_what_covers_it_and_what_has_to_be_paid(
    desk: FlaskClient, queue: Queue, greta: Customer, ada: Agent
) -> None:
    assets.put("A-1", customer="C-1", product="P-1", serial="KX770012", bought_on="2020-01-01")
    policies.add(None, kind="REPAIR", needs="PAID", fee="200", currency="CNY", sentence="A visit costs.")
    ticket = factories.ticket(queue, fields={"kind": "REPAIR"})
    db.session.commit()
    base = f"/desk/tickets/{ticket.ref}"
    head = desk.get(f"{base}/head").text
    for said in ("Not covered", "CN¥200.00", "A visit costs.", "Waive…"):
        assert said in head
    assert desk.post(f"{base}/entitlement/settle", data={"how": "WAIVED", "reason": " "}).status_code == 422
    assert desk.post(f"{base}/entitlement/settle", data={"how": "WAIVED", "reason": "Goodwill"}).status_code == 303
    head = desk.get(f"{base}/head").text
    assert "waived" in head
    assert "Goodwill" in head
    assert "Waive…" not in head
    assert "Goodwill" in desk.get(f"{base}/conversation").text
    desk.post(f"{base}/entitlement/unsettle")
    assert "Waive…" in desk.get(f"{base}/head").text


def test_a_ticket_counts_a_visit_and_takes_another_device(desk: FlaskClient, queue: Queue, greta: Customer) -> None:
    first = assets.put("A-1", customer="C-1", product="P-1", serial="KX770012").row
    second = assets.put("A-2", customer="C-1", product="P-2", name="Filter", bought_on="2026-01-01",
                        warranty_until="2040-01-01").row  # fmt: skip
    contracts.put("K-1", customer="C-1", name="Comfort", valid_from="2026-01-01", valid_until="2040-12-31",
                  assets="A-1", visits_included=4, visits_used=1, response_minutes=60, hours="24x7")  # fmt: skip
    ticket = factories.ticket(queue, text="KX770012 is broken", fields={"kind": "REPAIR"})
    db.session.commit()
    base = f"/desk/tickets/{ticket.ref}"
    assert "3 of 4 visits left" in desk.get(f"{base}/head").text
    desk.post(f"{base}/entitlement/visit")
    assert "2 of 4 visits left" in desk.get(f"{base}/head").text
    assert "used a visit of" in desk.get(f"{base}/conversation").text
    assert str(first.id) in desk.get(f"{base}/entitlement/assets").text
    desk.post(f"{base}/entitlement/assets", data={"asset": second.id})
    assert "Covered by warranty" in desk.get(f"{base}/head").text
    theirs = assets.put("A-9", customer=_other(), name="Not theirs").row
    db.session.commit()
    assert desk.post(f"{base}/entitlement/assets", data={"asset": theirs.id}).status_code == 422
    found = checks.of(ticket.id)
    assert found is not None
    assert found.asset_id == second.id


def test_a_device_that_is_confirmed_covers_what_is_under_way(desk: FlaskClient, queue: Queue, greta: Customer) -> None:
    product = db.session.scalars(select(Product).where(Product.external_id == "P-1")).one()
    theirs = registering.add(greta, None, product=product, serial="KX770099", bought_on="2026-02-28")
    ticket = factories.ticket(queue, text="KX770099 is broken", fields={"kind": "REPAIR"})
    db.session.commit()
    assert "to be confirmed" in desk.get(f"/desk/tickets/{ticket.ref}/head").text
    desk.post(f"/desk/assets/{theirs.id}/confirm")
    assert "Covered by warranty" in desk.get(f"/desk/tickets/{ticket.ref}/head").text


def test_no_part_of_the_product_takes_the_name_of_anothers_filter(app: Any) -> None:
    speakers: dict[str, set[Any]] = {}
    for name, module in list(sys.modules.items()):
        filters = getattr(module, "FILTERS", None)
        if name.startswith("contact_center.") and isinstance(filters, dict):
            for filter_name, speak in filters.items():
                speakers.setdefault(filter_name, set()).add(speak)
    assert {name for name, speaking in speakers.items() if len(speaking) > 1} == set()


def test_an_administrator_edits_the_rules_for_paid_service(app: Any, enter: Callable[[Agent], FlaskClient]) -> None:
    root = enter(factories.root())
    wrong = root.post("/admin/entitlements", data={"kind": "NONE", "needs": "PAID", "fee": "-1"},
                      headers={"Accept": "application/json"})  # fmt: skip
    assert sorted(wrong.json["fields"]) == ["fee", "kind"]
    root.post(
        "/admin/entitlements",
        data={"kind": "REPAIR", "needs": "PAID", "fee": "200", "currency": "cny", "tier": ["D", "X"]},
    )
    policy = db.session.scalars(select(EntitlementPolicy)).one()
    assert (policy.tiers, policy.fee, policy.currency) == (["D"], Decimal(200), "CNY")
    root.post(f"/admin/entitlements/{policy.id}/deactivate")
    db.session.expire_all()
    assert policy.is_active is False
    assert root.get(f"/admin/entitlements/{policy.id}").status_code == 200
    root.post(f"/admin/entitlements/{policy.id}/remove")
    assert db.session.scalars(select(EntitlementPolicy)).all() == []
