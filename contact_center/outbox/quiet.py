"""When a text may leave: what can wait does not wake anybody up.

`post` asks for every text. The night is that of the recipient: of the zone we know of them, else of their number's
country, else of ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app
from sqlalchemy import select

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.mailboxes import texting
from contact_center.text import addresses


def until(address: str, customer_id: int | None, now: datetime) -> datetime:
    """The first instant from *now* on at which it is not night there."""
    rules = texting.known()
    if not rules.is_quiet or rules.quiet_from == rules.quiet_until:
        return now
    there = now.astimezone(zone_of(address, customer_id))
    begins, ends, at = rules.quiet_from, rules.quiet_until, there.time()
    is_night = begins <= at < ends if begins < ends else at >= begins or at < ends
    if not is_night:
        return now
    morning = there.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0, fold=0)
    return morning if morning > there else _next_day(morning)


def is_night(address: str, customer_id: int | None, now: datetime) -> bool:
    """Whether they are likely to be asleep."""
    return until(address, customer_id, now) > now


def zone_of(address: str, customer_id: int | None) -> ZoneInfo:
    """The recipient's time zone, as well as we know it."""
    known = select(Customer.time_zone).where(Customer.id == customer_id)
    named = db.session.scalar(known) if customer_id is not None else None
    for name in (named, _of_country(address), current_app.config["CC"].time_zone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def _of_country(address: str) -> str | None:
    """The number's zone, if its country has one only or ours is among them."""
    from phonenumbers import timezone

    number = addresses.phone_parts(address)
    zones = timezone.time_zones_for_number(number) if number else ()
    ours: str = current_app.config["CC"].time_zone
    return ours if ours in zones else next((zone for zone in zones if "/" in zone and zone != "Etc/Unknown"), None)


def _next_day(morning: datetime) -> datetime:
    return (morning.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=morning.tzinfo)
