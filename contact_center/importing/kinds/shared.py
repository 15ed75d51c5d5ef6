"""The fields that several kinds have: their own number, the customer, the order, currency and amount."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from contact_center.importing.fields import Field
from contact_center.importing.types import Currency, Number, Text

LONGEST_NUMBER = 100


def number(label: Any, example: str, *also: str) -> Field:
    """The field by which rows of a kind are known."""
    about = _("The number by which you know it. A row with a number that is here already changes that one.")
    also = (*also, "number", "no", "id", "external id", "编号", "nummer")
    return Field("external_id", Text(LONGEST_NUMBER), label, also, needed=True, example=example, about=about)


CUSTOMER = Field(
    "customer",
    Text(320),
    _("Customer"),
    (
        "customer number", "customer no", "customer id", "customer e-mail", "customer email", "client", "client id", "account",
        "buyer", "kunde", "kundennummer", "客户", "客户编号", "客户号", "客户邮箱", "客户电话", "买家",
    ),
    needed=True,
    example="C-1001",
    about=_("Their customer number, or an e-mail address or phone number that only they have."),
)  # fmt: skip
ORDER = Field(
    "order",
    Text(LONGEST_NUMBER),
    _("Order number"),
    ("order", "order no", "order id", "bestellung", "bestellnummer", "auftragsnummer", "订单", "订单号", "订单编号"),
    example="SO-7731",
)
CURRENCY = Field(
    "currency",
    Currency(),
    _("Currency"),
    ("currency code", "währung", "币种", "货币"),
    needed=True,
    example="EUR",
    about=_("Three letters, such as EUR or CNY."),
)
AMOUNT = Field(
    "amount",
    Number(2),
    _("Amount"),
    ("total", "sum", "value", "gross", "betrag", "summe", "金额", "总额", "总金额", "付款金额", "退款金额"),
    needed=True,
    example="1249.00",
)
