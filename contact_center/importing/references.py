"""Find the customers that rows name: by customer number, else by an e-mail address or phone number that only they have.

Called by `work` and by the API, for a batch at a time. Rows get the customer itself; an unknown one becomes a reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import current_app

from contact_center.customers import records
from contact_center.importing.cells import shown
from contact_center.importing.fields import Row
from contact_center.putting.rows import Known
from contact_center.statement import Statement
from contact_center.text.addresses import Address, Scheme, email_normal, phone_normal
from contact_center.text.sayings import gettext

_PHONE = re.compile(r"\+?[\d\s()/.-]{6,30}")
_OWNERS = Statement("""
    SELECT p.scheme, p.value, min(p.customer_id) AS id, count(DISTINCT p.customer_id) AS many
    FROM unnest(CAST(:schemes AS text[]), CAST(:values AS text[])) AS wanted (scheme, value)
    JOIN contact_point p USING (scheme, value) GROUP BY p.scheme, p.value
""")


def resolve(rows: Sequence[Row]) -> dict[int, str]:
    """Put the customer in the place of what names them; the reasons of those that nobody is, by position in *rows*."""
    named = {row["customer"] for row in rows if isinstance(row.get("customer"), str) and row["customer"]}
    found: dict[str, Known | str] = {number: Known(row_id) for number, row_id in records.ids_of(named).items()}
    found |= _by_address([name for name in named if name not in found])
    wrong: dict[int, str] = {}
    for place, row in enumerate(rows):
        if row.get("customer") not in named:
            continue
        customer = found.get(row["customer"])
        if isinstance(customer, Known):
            row["customer"] = customer
        else:
            wrong[place] = customer or gettext("No customer is known as “%(name)s”.", name=shown(row["customer"]))
    return wrong


def _by_address(names: list[str]) -> dict[str, Known | str]:
    addresses = {name: address for name in names if (address := _address(name))}
    if not addresses:
        return {}
    wanted = list(set(addresses.values()))
    values = {"schemes": [a.scheme for a in wanted], "values": [a.value for a in wanted]}
    owners = {(row.scheme, row.value): row for row in _OWNERS.rows(values)}
    found: dict[str, Known | str] = {}
    for name, address in addresses.items():
        if owner := owners.get((address.scheme, address.value)):
            found[name] = Known(owner.id) if owner.many == 1 else _several(name, owner.many)
    return found


def _several(name: str, many: int) -> str:
    return gettext("%(many)d customers have “%(name)s”. Give the customer number.", many=many, name=shown(name))


def _address(name: str) -> Address | None:
    if "@" in name:
        email = email_normal(name)
        return Address(Scheme.EMAIL, email) if email else None
    phone = phone_normal(name, current_app.config["CC"].default_region) if _PHONE.fullmatch(name) else None
    return Address(Scheme.PHONE, phone) if phone else None
