"""What figures, ratios and factors are called on screen, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext


def figures() -> dict[str, str]:
    return {
        "current_assets": _("Current assets"),
        "cash": _("of these cash-type assets"),
        "inventory": _("of these inventory"),
        "current_liabilities": _("Current liabilities"),
        "total_assets": _("Total assets"),
        "total_liabilities": _("Total liabilities"),
        "revenue": pgettext("balance sheet", "Revenue"),
        "profit": pgettext("balance sheet", "Profit"),
    }


def ratios() -> dict[str, tuple[str, str]]:
    """Each ratio's name, and how it is worked out."""
    return {
        "current": (_("Current ratio"), _("current assets ÷ current liabilities")),
        "quick": (_("Quick ratio"), _("(current assets − inventory) ÷ current liabilities")),
        "cash": (_("Cash ratio"), _("cash-type assets ÷ current assets")),
        "usual_cash": (_("Cash ratio, usual definition"), _("cash-type assets ÷ current liabilities")),
        "realisation": (_("Realisation ratio"), _("cash-type assets ÷ current liabilities")),
        "debt_liquidity": (_("Debt liquidity ratio"), _("current assets ÷ total liabilities")),
        "debt_to_net_assets": (_("Debt to net assets"), _("total liabilities ÷ net assets")),
        "usual_debt": (_("Debt ratio, usual definition"), _("total liabilities ÷ total assets")),
    }


def factors() -> dict[str, str]:
    """The factors of 5C, 5P and 6A."""
    return {
        "character": pgettext("credit", "Character"),
        "capacity": pgettext("credit", "Capacity"),
        "capital": pgettext("credit", "Capital"),
        "collateral": pgettext("credit", "Collateral"),
        "conditions": pgettext("credit", "Conditions"),
        "person": pgettext("credit", "Person"),
        "payment": pgettext("credit", "Payment"),
        "purpose": pgettext("credit", "Purpose"),
        "protection": pgettext("credit", "Protection"),
        "prospect": pgettext("credit", "Prospect"),
        "economic": _("Economic aspects"),
        "technical": _("Technical aspects"),
        "managerial": _("Managerial aspects"),
        "organisational": _("Organisational aspects"),
        "commercial": _("Commercial aspects"),
        "financial": _("Financial aspects"),
    }
