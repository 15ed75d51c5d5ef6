"""The ratios of a company's figures: the six of the firm's own teaching material, and the usual ones beside them. Pure.

The material calls cash-type assets / current assets 现金比率, and total liabilities / net assets 资产负债率, where the
world divides by current liabilities and by total assets: both are given, the usual ones labelled as such.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contact_center.credit.models import FinancialStatement

Amount = Decimal | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio: `key` for its words on screen, its value (None: a figure is missing, or the divisor is nothing)."""

    key: str
    value: Amount
    is_usual: bool = False


def of(figures: FinancialStatement) -> Sequence[Ratio]:
    """All ratios of one period, in the order of the material, each usual one behind its relative."""
    f = figures
    net_assets = _minus(f.total_assets, f.total_liabilities)
    return (
        Ratio("current", _over(f.current_assets, f.current_liabilities)),
        Ratio("quick", _over(_minus(f.current_assets, f.inventory), f.current_liabilities)),
        Ratio("cash", _over(f.cash, f.current_assets)),
        Ratio("usual_cash", _over(f.cash, f.current_liabilities), is_usual=True),
        Ratio("realisation", _over(f.cash, f.current_liabilities)),
        Ratio("debt_liquidity", _over(f.current_assets, f.total_liabilities)),
        Ratio("debt_to_net_assets", _over(f.total_liabilities, net_assets)),
        Ratio("usual_debt", _over(f.total_liabilities, f.total_assets), is_usual=True),
    )


def _minus(a: Amount, b: Amount) -> Amount:
    return None if a is None or b is None else a - b


def _over(a: Amount, b: Amount) -> Amount:
    """A quotient to two places. A negative divisor (net assets eaten up) has no meaning as a ratio."""
    if a is None or b is None or b <= 0:
        return None
    return (a / b).quantize(Decimal("0.01"))


_Check = Callable[[dict[str, Any]], bool]
CHECKS: tuple[tuple[str, str, _Check], ...] = (  # (field, of, holds)
    ("cash", "current_assets", lambda f: f["cash"] <= f["current_assets"]),
    ("inventory", "current_assets", lambda f: f["inventory"] <= f["current_assets"]),
    ("current_assets", "total_assets", lambda f: f["current_assets"] <= f["total_assets"]),
    ("current_liabilities", "total_liabilities", lambda f: f["current_liabilities"] <= f["total_liabilities"]),
)
