"""What figures, ratios and factors are called on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

FIGURES = {
    "current_assets": lazy("Current assets"),
    "cash": lazy("of these cash-type assets"),
    "inventory": lazy("of these inventory"),
    "current_liabilities": lazy("Current liabilities"),
    "total_assets": lazy("Total assets"),
    "total_liabilities": lazy("Total liabilities"),
    "revenue": lazy("Revenue"),
    "profit": lazy("Profit"),
}
RATIOS = {
    "current": (lazy("Current ratio"), lazy("current assets ÷ current liabilities")),
    "quick": (lazy("Quick ratio"), lazy("(current assets − inventory) ÷ current liabilities")),
    "cash": (lazy("Cash ratio"), lazy("cash-type assets ÷ current assets")),
    "usual_cash": (lazy("Cash ratio, usual definition"), lazy("cash-type assets ÷ current liabilities")),
    "realisation": (lazy("Realisation ratio"), lazy("cash-type assets ÷ current liabilities")),
    "debt_liquidity": (lazy("Debt liquidity ratio"), lazy("current assets ÷ total liabilities")),
    "debt_to_net_assets": (lazy("Debt to net assets"), lazy("total liabilities ÷ net assets")),
    "usual_debt": (lazy("Debt ratio, usual definition"), lazy("total liabilities ÷ total assets")),
}
FACTORS = {
    "character": lazy("Character"), "capacity": lazy("Capacity"), "capital": lazy("Capital"),
    "collateral": lazy("Collateral"), "conditions": lazy("Conditions"), "person": lazy("Person"),
    "payment": lazy("Payment"), "purpose": lazy("Purpose"), "protection": lazy("Protection"),
    "prospect": lazy("Prospect"), "economic": lazy("Economic aspects"), "technical": lazy("Technical aspects"),
    "managerial": lazy("Managerial aspects"), "organisational": lazy("Organisational aspects"),
    "commercial": lazy("Commercial aspects"), "financial": lazy("Financial aspects"),
}  # fmt: skip
