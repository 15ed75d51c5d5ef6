"""What the firm's other systems know of sales at an instant, as rows for the registers and as files for the importer.

Called by `feed`. Pure: the same sales at the same instant make the same rows, and the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from contact_center.demo import ways
from contact_center.demo.buyers import Buyer
from contact_center.demo.sales import Bill, Given, Owned, Paid, Sale

Row = dict[str, Any]
_PARTS = {"orders": ("lines",), "shipments": ("tracking",), "products": ("prices", "stock")}


def customer(buyer: Buyer, companies: dict[str, str], owner: str) -> Row:
    """A customer, as whoever kept the old card index would export them."""
    firm = buyer.firm
    remarks = dict(zip(("education", "family", "work", "interests", "personality"), buyer.remarks, strict=False))
    return {
        "external_id": buyer.number, "name": buyer.name, "kind": "COMPANY" if buyer.is_company else "PERSON",
        "status": buyer.status, "emails": buyer.email, "phones": buyer.phone, "language": buyer.language,
        "company": companies.get(buyer.company or "", ""), "position": buyer.position or "", "role": buyer.role or "",
        "street": buyer.street, "postcode": buyer.postcode, "city": buyer.city, "country": buyer.country,
        "region": buyer.region, "time_zone": "Asia/Shanghai" if buyer.is_chinese else "", "owner": owner,
        "birthday": buyer.birthday, **remarks,
        **({"nature": firm.nature, "industry": firm.industry, "scale": firm.scale, "business": firm.business}
           if firm else {}),
        **buyer.more,
    }  # fmt: skip


def order(sale: Sale, at: datetime) -> Row:
    """An order as it stands at *at*."""
    language = sale.account.language
    arrived = sale.delivered if sale.delivered and sale.delivered <= at else None
    return {
        "external_id": sale.number, "customer": sale.account.number, "state": _state(sale, at),
        "currency": sale.currency,
        "total": sale.total, "delivery": sale.delivery, "region": sale.account.region, "email": sale.account.email,
        "phone": sale.account.phone, "placed_at": sale.placed, "promised_on": sale.promised, "delivered_at": arrived,
        "lines": [
            {
                "product": line.item.number, "title": line.item.title(language), "quantity": line.quantity,
                "unit_price": line.unit_price, "discount": line.discount, "unit_cost": line.item.cost(sale.currency),
            }
            for line in sale.lines
        ],
    }  # fmt: skip


def shipment(sale: Sale, at: datetime) -> Row | None:
    """Its parcel and the way that it has come so far; None before it is packed."""
    come = [step for step in sale.way if step.at <= at]
    if not come:
        return None
    last = come[-1]
    return {
        "external_id": sale.parcel, "order": sale.number, "carrier": ways.carrier(sale.account, sale.parcel),
        "state": last.state, "expected_on": sale.way[-1].at.date() if last.state != "DELIVERED" else sale.promised,
        "shipped_at": sale.shipped if sale.shipped and sale.shipped <= at else None,
        "delivered_at": last.at if last.state == "DELIVERED" else None,
        "tracking": [{"at": s.at, "state": s.state, "place": s.place, "text": s.text} for s in come],
    }  # fmt: skip


def invoice(bill: Bill) -> Row:
    row = {
        "external_id": bill.number, "customer": bill.account.number, "kind": "GOODS" if bill.order else "SERVICE",
        "title": bill.title, "currency": bill.currency, "amount": bill.amount, "issued_on": bill.issued.date(),
        "due_on": bill.due,
    }  # fmt: skip
    return row | {"order": bill.order} if bill.order else row


def payment(bill: Bill, paid: Paid) -> Row:
    return {
        "external_id": paid.number, "customer": bill.account.number, "invoice": bill.number,
        "currency": bill.currency, "amount": paid.amount, "method": paid.method, "received_at": paid.at,
    }  # fmt: skip


def settlement(given: Given) -> Row:
    row = {
        "external_id": given.number, "customer": given.account.number, "order": given.order, "kind": given.kind,
        "currency": given.currency, "amount": given.amount, "reason": given.reason, "at": given.at,
    }  # fmt: skip
    return row | {"product": given.item.number} if given.item else row


def asset(sale: Sale, owned: Owned) -> Row:
    row = {
        "external_id": owned.number, "customer": sale.account.number, "product": owned.item.number,
        "order": sale.number, "serial": owned.serial, "name": owned.item.title(sale.account.language),
        "bought_on": owned.bought, "place": owned.place,
        "installed_on": owned.installed.date() if owned.installed else None,
    }  # fmt: skip
    return row | {"warranty_until": owned.until} if owned.until else row


def _state(sale: Sale, at: datetime) -> str:
    if sale.cancelled and sale.cancelled <= at:
        return "CANCELLED"
    if sale.delivered and sale.delivered <= at:
        return "DELIVERED"
    if sale.shipped and sale.shipped <= at:
        return "SHIPPED"
    return "CONFIRMED" if sale.way and sale.way[0].at <= at else "PLACED"


def as_csv(kind: str, rows: Iterable[Row]) -> str:
    """A file of a kind for the importer: a row for each line of an order, step of a way, price or stock."""
    flat = [record for row in rows for record in _records(row, _PARTS.get(kind, ()))]
    columns = list(dict.fromkeys(name for record in flat for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return out.getvalue()


def _records(row: Row, parts: tuple[str, ...]) -> Iterator[Row]:
    own = {name: _cell(value) for name, value in row.items() if name not in parts}
    several = [[{f"{part}.{k}": _cell(v) for k, v in each.items()} for each in row.get(part, ())] for part in parts]
    for together in zip_longest(*several, fillvalue={}) if any(several) else [()]:
        yield {name: value for record in (own, *together) for name, value in record.items()}


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value) if isinstance(value, date | Decimal | int) else value
