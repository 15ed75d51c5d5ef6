"""What tiers are called, on the desk's card and on the supervisors' screens."""

from __future__ import annotations

from flask_babel import gettext as _


def tier_name(tier: str | None) -> str:
    """A tier's name; empty where there is none."""
    return {"A": _("VIP"), "B": _("Major"), "C": _("Ordinary"), "D": _("Small")}.get(tier or "", "")
