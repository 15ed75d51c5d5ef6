"""When a queue's overflow steps are due. Pure: the dispatcher asks with rows, the simulator with a virtual queue.

What a step does, `overflow` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

HANDLE_SECONDS = 300.0  # where nothing was handled lately


class Crowd(NamedTuple):
    """A queue and those who serve it: how many are here, have nothing in hand; how long its work took lately."""

    steps: Sequence[Mapping[str, Any]]
    max_size: int | None
    here: int
    idle: int
    seconds: float | None

    def due(self, place: int, taken: int, waited: float) -> Mapping[str, Any] | None:
        """The step whose time has come for what stands at *place* (1: the next) and has *taken* so many already.

        *waited* are the seconds in this queue: what came from another one gets this one's steps in its own time.
        """
        if taken >= len(self.steps):
            return None
        step = self.steps[taken]
        is_beyond = self.max_size is not None and place > self.max_size and taken == 0
        return step if is_beyond or self._holds(step, place, waited) else None

    def _holds(self, step: Mapping[str, Any], place: int, waited: float) -> bool:
        match step["when"]:
            case "wait":
                return bool(waited >= step["at"])
            case "expected_wait":
                return expected_wait(place, self.here, self.seconds) >= step["at"]
            case "idle_agents":
                return bool(self.idle < step["at"])
        return False


def expected_wait(place: int, here: int, seconds: float | None) -> float:
    """Seconds until the one at *place* (1: the next) is served, by how long the work took lately.

    The usual estimate of a queue served in order: place × mean handling time / agents. Nobody here: for ever.
    """
    return place * float(seconds or HANDLE_SECONDS) / here if here else float("inf")
