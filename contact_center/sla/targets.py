"""Which targets a ticket has, and who says so: the first policy that fits, else the contract, else the tier. Pure.

`tickets.deadlines` gathers what is asked here; tier and contract come as values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contact_center.sla.models import Target

RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as a value."""

    id: int
    name: str
    tiers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    with_contract: bool | None = None
    calendar_id: int | None = None
    minutes: dict[Target, int] = field(default_factory=dict)
    pauses: bool = True
    on_breach: tuple[str, ...] = ()

    def fits(self, asked: Asked) -> bool:
        """Whether it says something of such a ticket. Empty lists fit everything."""
        return (
            (not self.tiers or asked.tier in self.tiers)
            and (not self.kinds or asked.kind in self.kinds)
            and (not self.channels or asked.channel in self.channels)
            and (self.with_contract is None or self.with_contract == (asked.contract is not None))
        )


@dataclass(frozen=True, slots=True)
class Contract:
    """A service contract that covers the request."""

    id: int
    name: str
    hours: str  # "24x7" or "working"
    response_minutes: int | None
    resolution_minutes: int | None

    def minutes(self, target: Target) -> int | None:
        return self.response_minutes if target in RESPONSES else self.resolution_minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides about a ticket's targets."""

    tier: str
    kind: str | None
    channel: str
    contract: Contract | None
    tier_response: int
    tier_resolution: int
    calendar_id: int  # of the queue, or the default one


@dataclass(frozen=True, slots=True)
class Promise:
    """One target: so many minutes of a calendar's hours (None: round the clock), and who says so."""

    target: Target
    minutes: int
    calendar_id: int | None
    pauses: bool
    source: dict[str, Any]


def promises(policies: Sequence[Policy], asked: Asked) -> dict[Target, Promise]:
    """The targets of such a ticket. What a fitting policy leaves open, the contract says, or the tier."""
    policy = next((each for each in policies if each.fits(asked)), None)
    return {target: _promise(target, policy, asked) for target in Target}


def _promise(target: Target, policy: Policy | None, asked: Asked) -> Promise:
    pauses = target is Target.RESOLUTION and (policy is None or policy.pauses)  # an answer is owed while we wait, too
    if policy is not None and target in policy.minutes:
        calendar_id = policy.calendar_id or asked.calendar_id
        source = _source(asked, "policy", policy=policy.id, name=policy.name, on_breach=list(policy.on_breach))
        return Promise(target, policy.minutes[target], calendar_id, pauses, source)
    steps = {"on_breach": list(policy.on_breach)} if policy else {}
    if asked.contract is not None and (minutes := asked.contract.minutes(target)):
        round_the_clock = asked.contract.hours == "24x7"
        source = _source(asked, "contract", contract=asked.contract.id, name=asked.contract.name, **steps)
        return Promise(target, minutes, None if round_the_clock else asked.calendar_id, pauses, source)
    minutes = asked.tier_response if target in RESPONSES else asked.tier_resolution
    return Promise(target, minutes, asked.calendar_id, pauses, _source(asked, "tier", name=asked.tier, **steps))


def _source(asked: Asked, by: str, **more: Any) -> dict[str, Any]:
    return {"by": by, "tier": asked.tier, "kind": asked.kind, **more}
