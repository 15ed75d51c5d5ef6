"""The addresses under which the provider asks us: which step, which call, which of our legs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

STEPS = "/twilio/calls"
EVENTS = "/twilio/events"
# How the provider connects and repeats: 2 s to connect, 10 s to read, twice more if there was no answer or a 5xx
# ("Webhooks: connection overrides"). What follows the # is not signed.
_OVERRIDES = "#ct=2000&rt=10000&rc=2&rp=ct,5xx"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses for one call. `base` is how we are known by outside, without a slash."""

    base: str
    key: str
    leg: int | None = None

    def step(self, name: str) -> str:
        """Where the answer to a step is asked for."""
        given = {"c": self.key} | ({"l": self.leg} if self.leg is not None else {})
        return f"{self.base}{STEPS}/{name}?{urlencode(given)}{_OVERRIDES}"

    def event(self, what: str, label: str = "") -> str:
        """Where we are told what happened, to the leg of that label of ours."""
        given = {"c": self.key} | ({"label": label} if label else {})
        return f"{self.base}{EVENTS}/{what}?{urlencode(given)}"

    def public(self, path: str) -> str:
        return self.base + path
