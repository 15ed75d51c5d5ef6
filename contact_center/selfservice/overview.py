"""What the signed-in customer's start shows: each part is empty where there is nothing to say."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.entitlements import contracts
from contact_center.entitlements.models import ServiceContract
from contact_center.orders import accounts
from contact_center.orders.accounts import Standing
from contact_center.selfservice import devices, notices, own_tickets, purchases, visits
from contact_center.selfservice.devices import Device
from contact_center.selfservice.models import Notice, Visit
from contact_center.selfservice.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class Overview:
    """The parts of the start."""

    under_way: list[purchases.Purchase]
    orders: purchases.Page
    owed: dict[str, Standing]
    tickets: own_tickets.Page
    visits: list[Visit]
    devices: list[Device]
    contracts: list[ServiceContract]
    notices: list[Notice]


def of(me: SignedIn) -> Overview:
    """What to show to *me*."""
    recent = purchases.page(me.ids, limit=8)
    return Overview(
        under_way=[purchase for purchase in recent.purchases if purchase.progress.is_open][:3],
        orders=recent,
        owed={currency: found for currency, found in accounts.standing(me.ids).items() if found.open > 0},
        tickets=own_tickets.first(me.ids, 4),
        visits=visits.coming(me.ids),
        devices=devices.of(me.ids),
        contracts=contracts.of(me.ids),
        notices=notices.shown(me.tier, is_signed_in=True),
    )
