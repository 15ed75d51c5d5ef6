"""The telephones that the carrier can ring: what happens when it does. Others do as `Exchange.unattended` says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from carrier.exchange import Exchange
from carrier.legs import Leg
from carrier.process import Steps

Script = Callable[[Exchange, Leg], Steps]
CAUSES = {"busy": "486", "no-answer": "480", "failed": "503"}


@dataclass(slots=True)
class Phone:
    """A telephone: whether it is picked up, after how long, and what the person does then."""

    outcome: str = "answer"  # answer, busy, no-answer, failed, or by hand: somebody decides while it rings
    rings_for: float | None = None
    script: Script | None = None


def find(exchange: Exchange, address: str) -> Phone:
    """The telephone with this address; a browser that is not registered cannot be rung."""
    known = exchange.phones.get(address)
    if known is None:
        return Phone("failed", 0.0) if address.startswith("client:") else Phone(exchange.unattended)
    return known
