"""How often one network or one address may use the forms. A refusal says when to try again and loses nothing typed.

Called by the portal's routes. If the counters cannot be reached the form stays open: a request is worth more than a
limit.
"""

from __future__ import annotations

import ipaddress
import logging
from datetime import UTC, datetime

from flask import request
from limits import RateLimitItem, parse

from contact_center.extensions import limiter

# A whole office, or a mobile carrier, can share one network; one address is one person.
BY_NETWORK = (parse("60 per 10 minutes"), parse("500 per day"))
BY_ADDRESS = (parse("5 per 10 minutes"), parse("20 per day"))
BYTES_BY_NETWORK = (parse("300 per day"),)  # megabytes of files
BY_PAGE = (parse("20 per 10 minutes"), parse("100 per day"))
BY_HELP = (parse("600 per 10 minutes"),)  # searches while typing, of a whole office
_log = logging.getLogger(__name__)


def by_network() -> datetime | None:
    """Count one sent form for the visitor's network; the instant from which it may send again, None if it may now."""
    return _count(BY_NETWORK, "web network", network(request.remote_addr or ""))


def by_bytes(size: int) -> datetime | None:
    """Count files of *size* bytes for the visitor's network."""
    megabytes = -(-size // 1_000_000)
    return _count(BYTES_BY_NETWORK, "web bytes", network(request.remote_addr or ""), cost=megabytes) if size else None


def by_address(address: str) -> datetime | None:
    """Count one request in the name of *address*."""
    return _count(BY_ADDRESS, "web address", address)


def by_page(ticket_id: int) -> datetime | None:
    """Count one reply on a ticket's private page."""
    return _count(BY_PAGE, "web page", str(ticket_id))


def by_help(network: str) -> datetime | None:
    """Count one search or vote in the help centre."""
    return _count(BY_HELP, "help", network)


def network(address: str) -> str:
    """The network that stands for one visitor: an IPv4 address, or the /64 that a single IPv6 line gets."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)


def _count(rules: tuple[RateLimitItem, ...], *who: str, cost: int = 1) -> datetime | None:
    try:
        full = [rule for rule in rules if not limiter.limiter.hit(rule, *who, cost=cost)]
        if not full:
            return None
        return max(
            datetime.fromtimestamp(limiter.limiter.get_window_stats(rule, *who).reset_time, UTC) for rule in full
        )
    except limiter.storage.base_exceptions:
        _log.warning("the rate limits cannot be counted", exc_info=True)
        return None
