"""How a leg's status changes, and who is told: initiated, ringing, answered, and the end.

Source: "Call resource: StatusCallback, StatusCallbackEvent". Events are numbered from 0; a number's own StatusCallback
hears only of the end.
"""

from __future__ import annotations

from carrier import parameters
from carrier.exchange import Exchange
from carrier.legs import Leg

EVENT_STATUS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def reach(exchange: Exchange, leg: Leg, event: str) -> None:
    """A leg that is not over yet comes further."""
    leg.status = EVENT_STATUS[event]
    leg.updated_at = exchange.now
    if event == "answered":
        leg.started_at = exchange.now
        exchange.quiet(leg)
    exchange.note(leg, event)
    _tell(exchange, leg, event)


def finish(exchange: Exchange, leg: Leg, status: str, *, cause: str = "") -> None:
    """A leg is over: completed, busy, no-answer, failed or canceled."""
    if not leg.live:
        return
    exchange.loud(leg)
    leg.status = status
    leg.cause = cause
    leg.ended_at = leg.updated_at = exchange.now
    exchange.note(leg, "ended", status=status)
    _tell(exchange, leg, "completed")


def _tell(exchange: Exchange, leg: Leg, event: str) -> None:
    wanted = leg.subscription
    if wanted is None or not wanted.url:
        return
    sequence = leg.sequence
    if wanted.events != {"completed"} or leg.direction != "inbound":
        leg.sequence += 1
    if event in wanted.events:
        exchange.callbacks.post(exchange, wanted, parameters.of_status(exchange, leg, sequence), leg.status)
