"""One setting, or two on the same arrivals: played, counted, and set side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contact_center.simulator import figures
from contact_center.simulator.engine import Run
from contact_center.simulator.figures import Difference, Report
from contact_center.simulator.setting import Arrival, Setting


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, and beside it another setting's, if one was asked for."""

    report: Report
    other: Report | None = None
    difference: Difference | None = None

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        told = self.report.as_json()
        if self.other is None or self.difference is None:
            return told
        return {"now": told, "then": self.other.as_json(), "difference": asdict(self.difference)}


def play(arrivals: Sequence[Arrival], setting: Setting, other: Setting | None = None, seed: int = 0) -> Outcome:
    """Play the arrivals, and once more with the other setting: whatever is by chance is the same in both."""
    run = Run(setting, arrivals, seed).go()
    if other is None:
        return Outcome(figures.of(run))
    second = Run(other, arrivals, seed).go()
    return Outcome(figures.of(run), figures.of(second), figures.difference(run, second))
