"""The portal's pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.channels.web.portal import (
    asking,
    devices,
    lookups,
    money,
    my,
    news,
    orders,
    profile,
    requests,
    routes,
    signing_in,
    status,
    visiting,
)

_DOORS = (
    routes, status, signing_in, lookups, news, my, orders, money, devices, requests, asking, visiting, profile,
)  # fmt: skip
ALL = tuple(door.blueprint for door in _DOORS)
