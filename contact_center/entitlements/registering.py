"""Assets that people write down here: an agent, or a customer on the portal. What another system tells is in `assets`.

What only a customer says is shown, but is under no warranty until an agent has confirmed it. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements import assets
from contact_center.entitlements.models import Asset, AssetSource
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts, putting
from contact_center.orders.models import Product
from contact_center.putting import reading
from contact_center.putting.reading import Reader

READERS: dict[str, Reader] = {
    "name": reading.text(200),
    "model": reading.text(100),
    "serial": assets.serial,
    "bought_on": reading.maybe(reading.day),
    "warranty_until": reading.maybe(reading.day),
    "installed_on": reading.maybe(reading.day),
    "place": reading.text(300),
}


def add(customer: Customer, agent: Agent | None, *, product: Product | None = None, **given: Any) -> Asset:
    """Write down something that *customer* owns; without an *agent* they say so themselves. Raises Invalid.

    Name, model and warranty follow the product unless said.
    """
    now = clock.now()
    asset = Asset(customer_id=customer.id, changed_at=now, name="", model="", place="")
    asset.source = AssetSource.AGENT if agent else AssetSource.CUSTOMER
    asset.confirmed_at = now if agent else None
    _set(asset, product, _checked(given))
    db.session.add(asset)
    _flush()
    _tell(Name.ASSET_REGISTERED, asset, agent, serial=asset.serial)
    return asset


def change(asset: Asset, agent: Agent, *, product: Product | None = None, **given: Any) -> bool:
    """Change what is known of an asset; False if nothing differed. Raises Invalid."""
    before = {name: getattr(asset, name) for name in (*READERS, "product_id")}
    _set(asset, product, _checked(given))
    changes = {name: [putting.plain(old), putting.plain(getattr(asset, name))] for name, old in before.items()
               if old != getattr(asset, name)}  # fmt: skip
    if changes:
        asset.changed_at = clock.now()
        _flush()
        _tell(Name.ASSET_CHANGED, asset, agent, changes=changes)
    return bool(changes)


def confirm(asset: Asset, agent: Agent) -> None:
    """Believe what a customer has registered: its warranty counts from now on. Raises IllegalMove if it did."""
    if asset.confirmed_at is not None:
        raise IllegalMove(_("This is confirmed already."))
    asset.confirmed_at = asset.changed_at = clock.now()
    db.session.flush()
    _tell(Name.ASSET_CHANGED, asset, agent, changes={"confirmed": [False, True]})


def retire(asset: Asset, agent: Agent) -> None:
    """The customer has it no more."""
    _retire(asset, agent, is_gone=True)


def restore(asset: Asset, agent: Agent) -> None:
    """They have it after all."""
    _retire(asset, agent, is_gone=False)


def _retire(asset: Asset, agent: Agent, *, is_gone: bool) -> None:
    if is_gone is (asset.retired_on is not None):
        raise IllegalMove(_("Somebody has done that already."))
    before, asset.retired_on = asset.retired_on, accounts.today() if is_gone else None
    asset.changed_at = clock.now()
    db.session.flush()
    changes = {"retired_on": [putting.plain(before), putting.plain(asset.retired_on)]}
    _tell(Name.ASSET_CHANGED, asset, agent, changes=changes)


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    values, wrong = {}, {}
    for name, value in given.items():
        try:
            values[name] = READERS[name](value)
        except ValueError as error:
            wrong[name] = str(error)
    Invalid.raise_for(wrong)
    return values


def _set(asset: Asset, product: Product | None, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(asset, name, value)
    if product is not None:
        asset.product_id, asset.product = product.id, product
        asset.name, asset.model = asset.name or product.name, asset.model or product.model
        if asset.warranty_until is None:
            asset.warranty_until = assets.warranty_from(asset.bought_on, product.warranty_months)
    if not asset.name:
        sentence = _("Choose a product, or write what it is.")
        raise Invalid(sentence, {"name": sentence})
    if asset.bought_on and asset.warranty_until and asset.warranty_until < asset.bought_on:
        sentence = _("The warranty ends before it was bought.")
        raise Invalid(sentence, {"warranty_until": sentence})


def _flush() -> None:
    with rows.unique(serial=_("Another asset of this product has this serial number.")):
        db.session.flush()


def _tell(name: Name, asset: Asset, agent: Agent | None, **what: Any) -> None:
    log.record_all([(name, asset, {"asset": asset.id, "name": asset.name, **what})], agent)
