"""Invoices, payments and settlements: what is owed, what came in, what was given back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from contact_center.importing.fields import Field, Kind
from contact_center.importing.kinds.shared import AMOUNT, CURRENCY, CUSTOMER, ORDER, number
from contact_center.importing.types import Choice, Day, Instant, Text
from contact_center.orders import invoices, payments, settlements

# fmt: off
INVOICES = Kind(
    "invoices",
    "orders",
    _("Invoices"),
    (
        number(_("Invoice number"), "INV-2026-0042", "invoice no", "invoice id", "invoice", "rechnungsnummer", "发票号", "发票编号", "账单号"),
        CUSTOMER,
        ORDER,
        Field(
            "kind",
            Choice(
                ("GOODS", "SERVICE"),
                {"product": "GOODS", "ware": "GOODS", "商品": "GOODS", "货物": "GOODS", "服务": "SERVICE", "dienstleistung": "SERVICE", "fee": "SERVICE"},
            ),
            _("Kind of invoice"),
            ("type", "发票类型"),
            example="GOODS",
            about=_("GOODS, or SERVICE for a visit or a contract's fee. GOODS unless said."),
        ),
        Field("title", Text(), _("Title"), ("description", "subject", "text", "标题", "名称", "摘要"), example="Heat pump NK-200"),
        CURRENCY,
        AMOUNT,
        Field("issued_on", Day(), _("Issued on"), ("invoice date", "issue date", "date", "rechnungsdatum", "开票日期", "日期"), needed=True, example="2026-01-31"),
        Field(
            "due_on",
            Day(),
            _("Due on"),
            ("due date", "due", "payable until", "fällig am", "fälligkeit", "到期日", "付款期限", "应付日期"),
            example="2026-03-02",
            about=_("Not before the day of issue, which it is unless said."),
        ),
        Field("cancelled_at", Instant(), _("Cancelled"), ("cancelled at", "cancelled on", "作废时间", "作废日期"), example="2026-02-10"),
    ),
    lambda rows, by: invoices.put_many(rows, by=by),
)

PAYMENTS = Kind(
    "payments",
    "orders",
    _("Payments"),
    (
        number(_("Payment number"), "PAY-88120", "payment no", "payment id", "transaction", "transaction id", "zahlungsnummer", "付款号", "付款编号", "流水号", "交易号", "收款单号"),
        CUSTOMER,
        Field("invoice", Text(), _("Invoice number"), ("invoice", "invoice no", "rechnung", "rechnungsnummer", "发票号", "发票编号"), example="INV-2026-0042"),
        CURRENCY,
        AMOUNT,
        Field("method", Text(100), _("Method"), ("payment method", "means", "zahlungsart", "付款方式", "支付方式"), example="SEPA"),
        Field(
            "received_at",
            Instant(),
            _("Received"),
            ("received on", "received at", "payment date", "paid at", "paid on", "date", "booked", "zahlungsdatum", "eingang", "datum", "付款日期", "付款时间", "支付时间", "到账时间", "日期"),
            needed=True,
            example="2026-02-27",
        ),
    ),
    lambda rows, by: payments.put_many(rows, by=by),
)

SETTLEMENTS = Kind(
    "settlements",
    "orders",
    _("Returns, compensation, discounts"),
    (
        number(_("Settlement number"), "RET-310", "settlement no", "settlement id", "return number", "return id", "rma", "退货单号", "售后单号", "退款单号", "编号"),
        CUSTOMER,
        ORDER,
        Field("product", Text(), _("Product number"), ("product", "sku", "artikelnummer", "产品编号", "商品编号"), example="NK-200"),
        Field(
            "kind",
            Choice(
                ("RETURN", "COMPENSATION", "DISCOUNT"),
                {
                    "returned": "RETURN", "refund": "RETURN", "rückgabe": "RETURN", "retoure": "RETURN", "退货": "RETURN", "退款": "RETURN",
                    "goodwill": "COMPENSATION", "entschädigung": "COMPENSATION", "赔偿": "COMPENSATION", "补偿": "COMPENSATION", "退赔": "COMPENSATION",
                    "rebate": "DISCOUNT", "rabatt": "DISCOUNT", "折扣": "DISCOUNT", "折价": "DISCOUNT", "优惠": "DISCOUNT",
                },
            ),
            pgettext("settlement", "Kind"),
            ("type", "类型", "种类"),
            needed=True,
            example="RETURN",
            about=_("RETURN, COMPENSATION or DISCOUNT."),
        ),
        CURRENCY,
        AMOUNT,
        Field("reason", Text(1000), _("Reason"), ("comment", "note", "grund", "原因", "理由", "备注"), example="Damaged in transit"),
        Field("at", Instant(), pgettext("settlement", "When"), ("date", "at", "on", "settled on", "returned on", "datum", "日期", "时间", "退货日期"), needed=True, example="2026-02-03"),
    ),
    lambda rows, by: settlements.put_many(rows, by=by),
)
# fmt: on
