"""What becomes of one arrival in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.routing.policy import Waiting
from contact_center.simulator.setting import Arrival

if TYPE_CHECKING:
    from contact_center.simulator.seats import Seat


class Work:
    """An arrival on its way: waiting, ringing, begun, ended; or left. Seconds of the virtual clock."""

    __slots__ = (
        "arrival", "been", "ended", "ends", "entered", "left_at", "number", "offers", "overflowed", "prefers", "queue",
        "rings", "server", "start", "version", "waiting",
    )  # fmt: skip

    def __init__(self, arrival: Arrival, number: int) -> None:
        self.arrival = arrival
        self.number = number
        self.queue = arrival.queue  # where it waits now; overflow may lead it on
        self.entered = arrival.at  # that queue
        self.overflowed = 0  # how many steps of that queue were taken
        self.been: tuple[int, ...] = ()
        self.start: float | None = None
        self.server: int | None = None
        self.ended: float | None = None  # wrapped up
        self.left_at: float | None = None
        self.offers = 0
        self.prefers: tuple[int, ...] = ()
        self.ends = 0.0
        self.version = 0  # of what is to happen to it next
        self.waiting: Waiting | None = None
        self.rings: Seat | None = None

    @property
    def settled_at(self) -> float:
        """When the last thing happened to it."""
        return next((at for at in (self.ended, self.left_at, self.start) if at is not None), self.arrival.at)

    def waited(self, until: float) -> float:
        """Until it was answered or given up, or as long as it has waited by then."""
        end = self.start if self.start is not None else self.left_at
        return (until if end is None else end) - self.arrival.at
