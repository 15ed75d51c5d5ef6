"""A customer's devices: warranties and contracts at a glance, and registering one by its serial number.

What a customer registers is believed for display; its warranty begins to count when an agent has confirmed it: the
ticket that `register`'s caller files is the agent's task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from contact_center.customers.models import Customer
from contact_center.entitlements import assets, contracts, registering
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.orders.models import Product
from contact_center.text.lines import one_line

SOON = timedelta(days=60)
_SHORTEST_SERIAL = 4


@dataclass(frozen=True, slots=True)
class Device:
    """A device and how long its warranty still lasts."""

    asset: Asset
    today: date

    @property
    def days_left(self) -> int | None:
        """Days of warranty that are left; negative once it is over, None where nobody knows."""
        until = self.asset.warranty_until
        return (until - self.today).days if until else None

    @property
    def state(self) -> str:
        """One word: unconfirmed, unknown, over, ending or lasting."""
        left = self.days_left
        if self.asset.confirmed_at is None:
            return "unconfirmed"
        if left is None:
            return "unknown"
        return "over" if left < 0 else "ending" if left <= SOON.days else "lasting"

    @property
    def used(self) -> int:
        """How much of the warranty is over, in per cent."""
        bought, until = self.asset.bought_on, self.asset.warranty_until
        if not bought or not until or until <= bought:
            return 0
        return min(100, max(0, round(100 * (self.today - bought).days / (until - bought).days)))


def of(customer_ids: tuple[int, ...]) -> list[Device]:
    """Their devices, newest first."""
    today = accounts.today()
    return [Device(asset, today) for asset in assets.of(customer_ids)]


def one(customer_ids: tuple[int, ...], asset_id: int) -> Device | None:
    """The device with that id if it is theirs."""
    asset = db.session.scalar(select(Asset).where(Asset.id == asset_id, Asset.customer_id.in_(customer_ids)))
    return Device(asset, accounts.today()) if asset else None


def contracts_for(customer_ids: tuple[int, ...], asset: Asset) -> list[ServiceContract]:
    """The valid contracts that hold for *asset*."""
    return [c for c in contracts.of(customer_ids) if not c.assets or asset.id in {one.id for one in c.assets}]


def register(customer: Customer, typed: Mapping[str, str]) -> Asset:
    """Add a device by its serial number, unconfirmed. Raises Invalid with a sentence for each field.

    Whether somebody else has the same number is not told: the agent who confirms it finds out.
    """
    wrong: dict[str, str] = {}
    serial = _serial(typed.get("serial", ""), wrong)
    name = _name(typed.get("name", ""), wrong)
    bought = _bought(typed.get("bought_on", ""), wrong)
    if serial and _has(customer, serial):
        wrong["serial"] = str(_("This device is in your list already."))
    Invalid.raise_for(wrong)
    product = _product(name)
    model = product.model if product else ""
    shown = product.name if product else name
    return registering.add(customer, None, serial=serial, bought_on=bought, name=shown, model=model)


def _serial(typed: str, wrong: dict[str, str]) -> str | None:
    try:
        serial = assets.serial(typed)
    except ValueError as error:
        wrong["serial"] = str(error)
        return None
    if not serial or len(serial) < _SHORTEST_SERIAL:
        wrong["serial"] = str(_("Type the serial number. It is on the type plate and on the warranty card."))
    return serial


def _name(typed: str, wrong: dict[str, str]) -> str:
    try:
        name = one_line(typed, 120)
    except ValueError as error:
        wrong["name"] = str(error)
        return ""
    if not name:
        wrong["name"] = str(_("What is it? The model, or a few words."))
    return name


def _bought(typed: str, wrong: dict[str, str]) -> date | None:
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        wrong["bought_on"] = str(_("A date looks like 2026-03-31."))
        return None
    if not date(1970, 1, 1) <= day <= accounts.today():
        wrong["bought_on"] = str(_("This day cannot be right."))
    return day


def _has(customer: Customer, serial: str) -> bool:
    db.session.execute(
        select(Customer.id).where(Customer.id == customer.id).with_for_update()
    )  # one form after the other
    mine = select(Asset.id).where(Asset.customer_id == customer.id, Asset.serial == serial, Asset.retired_on.is_(None))
    return db.session.scalar(mine.limit(1)) is not None


def _product(name: str) -> Product | None:
    """The product that is meant, if its name, model or number was typed exactly."""
    typed = name.lower()
    same = or_(
        func.lower(Product.name) == typed, func.lower(Product.model) == typed, func.lower(Product.external_id) == typed
    )
    found = list(db.session.scalars(select(Product).where(Product.is_active, same).limit(2)))
    return found[0] if len(found) == 1 else None
