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
    rating,
    requests,
    routes,
    signing_in,
    status,
    survey,
    visiting,
)

_DOORS = (
    routes, status, survey, signing_in, lookups, news, my, orders, money, devices, requests, asking, visiting, rating,
    profile,
)  # fmt: skip
ALL = tuple(door.blueprint for door in _DOORS)
