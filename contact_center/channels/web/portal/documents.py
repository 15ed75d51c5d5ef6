"""What a customer takes away: the account statement as PDF and CSV, an invoice as PDF.

`money` calls it. A cell of a CSV that a spreadsheet would take for a formula is neutralised.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center import pages
from contact_center.channels.web.portal import wording
from contact_center.channels.web.portal.paper import Column, Sheet
from contact_center.orders.accounts import AccountStatement, StatementLine
from contact_center.orders.models import Invoice, Order
from contact_center.selfservice import look
from contact_center.text import spreadsheets


def statement_pdf(statement: AccountStatement, holder: str) -> bytes:
    """The account of one currency and period on paper."""
    sheet = Sheet(_("Account statement"), look.current().title, pages.lang_tag(), _page_of)
    sheet.heading(_("Account statement"))
    sheet.pairs([
        (_("Customer"), holder),
        (_("Period"), period(statement)),
        (_("Currency"), statement.currency),
        (pgettext("statement", "Issued on"), wording.in_column(wording.today())),
    ])  # fmt: skip
    columns = (
        Column(_("Date"), 0, 66), Column(_("Document"), 70, 170), Column(pgettext("statement", "For"), 174, 312),
        Column(_("Charged"), 312, 372, is_number=True), Column(_("Paid"), 376, 436, is_number=True),
        Column(_("Balance"), 440, 499, is_number=True),
    )  # fmt: skip
    sheet.table(columns, [_opening(statement), *map(_row, statement.lines), _closing(statement)])
    sheet.gap(10)
    sheet.note(verdict(statement))
    return sheet.done()


def invoice_pdf(invoice: Invoice, order: Order | None, holder: str) -> bytes:
    """A copy of an invoice on paper, with the lines of its order."""
    title = _("Invoice %(number)s", number=invoice.external_id)
    sheet = Sheet(title, look.current().title, pages.lang_tag(), _page_of)
    sheet.heading(title)
    pairs = [
        (_("Customer"), holder), (_("Date"), wording.in_column(invoice.issued_on)),
        (_("To pay by"), wording.in_column(invoice.due_on)),
    ]  # fmt: skip
    if order is not None:
        pairs.append((_("Order"), order.external_id))
    if invoice.title:
        pairs.append((pgettext("statement", "For"), invoice.title))
    sheet.pairs(pairs)
    columns = (
        Column(_("Article"), 0, 290), Column(_("Quantity"), 294, 350, is_number=True),
        Column(_("Price"), 354, 425, is_number=True), Column(_("Amount"), 429, 499, is_number=True),
    )  # fmt: skip
    sheet.table(columns, [*_lines(invoice, order), *_sums(invoice)])
    sheet.gap(10)
    sheet.note(_("This is a copy for your records."))
    return sheet.done()


def statement_csv(statement: AccountStatement) -> bytes:
    """The same as a table: UTF-8 with its mark, so that a spreadsheet reads the Chinese; plain numbers and dates."""
    code = statement.currency
    headings = (
        _("Date"), _("Document"), _("Number"), pgettext("statement", "For"), _("Currency"), _("Charged"), _("Paid"),
        _("Balance"),
    )  # fmt: skip
    opening = (statement.since, _("Opening balance"), "", "", code, "", "", statement.opening)
    moves = (
        (line.on, kind_of(line), line.number, line.title, code, line.charged or "", line.paid or "", line.balance)
        for line in statement.lines
    )
    closing = (
        statement.until, _("Closing balance"), "", "", code, statement.charged, statement.paid, statement.closing,
    )  # fmt: skip
    rows = (headings, opening, *moves, closing)
    return (spreadsheets.BOM + "".join(map(spreadsheets.line, rows))).encode("utf-8", "replace")


def kind_of(line: StatementLine) -> str:
    """What a line of a statement is."""
    return str(_("Invoice") if line.kind == "invoice" else _("Payment"))


def period(statement: AccountStatement) -> str:
    """From which day to which."""
    return f"{wording.in_column(statement.since)} – {wording.in_column(statement.until)}"


def _page_of(number: int) -> str:
    return str(_("Page %(number)s", number=number))


def _opening(statement: AccountStatement) -> tuple[tuple[str, ...], bool]:
    on, sum_ = wording.in_column(statement.since), wording.bare_amount(statement.opening)
    return (on, str(_("Opening balance")), "", "", "", sum_), True


def _closing(statement: AccountStatement) -> tuple[tuple[str, ...], bool]:
    sums = (wording.bare_amount(sum_) for sum_ in (statement.charged, statement.paid, statement.closing))
    return (wording.in_column(statement.until), str(_("Closing balance")), "", *sums), True


def _row(line: StatementLine) -> tuple[tuple[str, ...], bool]:
    charged = wording.bare_amount(line.charged) if line.kind == "invoice" else ""
    paid = wording.bare_amount(line.paid) if line.kind == "payment" else ""
    document = f"{kind_of(line)} {line.number}"
    return (wording.in_column(line.on), document, line.title, charged, paid, wording.bare_amount(line.balance)), False


def verdict(statement: AccountStatement) -> str:
    """The closing balance in words."""
    amount = wording.amount(abs(statement.closing), statement.currency)
    day = wording.in_column(statement.until)
    if statement.closing > 0:
        return str(_("On %(day)s %(amount)s were open.", day=day, amount=amount))
    if statement.closing < 0:
        return str(_("On %(day)s you had %(amount)s to your credit.", day=day, amount=amount))
    return str(_("On %(day)s nothing was open.", day=day))


def _lines(invoice: Invoice, order: Order | None) -> list[tuple[tuple[str, ...], bool]]:
    """The order's lines, where they make up the invoice; else what the invoice says."""
    if order is None or order.total != invoice.amount or order.currency != invoice.currency:
        return [((invoice.title or str(_("Amount")), "", "", wording.bare_amount(invoice.amount)), False)]
    rows: list[tuple[tuple[str, ...], bool]] = [
        (
            (line.title, wording.quantity(line.quantity), *map(wording.bare_amount, (line.unit_price, line.amount))),
            False,
        )
        for line in order.lines
    ]
    rest = order.total - sum((line.amount for line in order.lines), order.total * 0)
    if rest:
        word = str(_("Delivery") if rest == order.delivery else _("Delivery and discounts"))
        rows.append(((word, "", "", wording.bare_amount(rest)), False))
    return rows


def _sums(invoice: Invoice) -> list[tuple[tuple[str, ...], bool]]:
    total = (str(_("Total")), "", "", wording.amount(invoice.amount, invoice.currency))
    if not invoice.paid:
        return [(total, True)]
    paid = (str(_("Paid")), "", "", wording.amount(invoice.paid, invoice.currency))
    owed = max(invoice.amount - invoice.paid, invoice.paid * 0)
    left = (str(_("Still to pay")), "", "", wording.amount(owed, invoice.currency))
    return [(total, True), (paid, False), (left, True)]
