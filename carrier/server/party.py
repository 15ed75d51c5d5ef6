"""A browser at the end of calls: a customer's handset, or an agent's telephone. Data, and where messages for it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from carrier.legs import Leg

Message = dict[str, Any]
Send = Callable[[Message], object]


@dataclass(eq=False, slots=True)
class Party:
    """One browser. It keeps its place under its `key` for some seconds while its page is away."""

    key: str
    address: str  # a number, or client:agent_7
    application: str = ""  # that an agent's browser calls
    send: Send | None = None  # None while its page is away
    session: int = 0  # changes with each page: a new one knows nothing of what was connected before
    leg: Leg | None = None
    version: int = 0  # of what it was told last
    peers: list[Message] = field(default_factory=list)

    @property
    def is_handset(self) -> bool:
        """Whether it is a customer's telephone."""
        return not self.address.startswith("client:")

    @property
    def calls(self) -> bool:
        """Whether it is in a call, or rings."""
        return self.leg is not None and self.leg.live

    def tell(self, event: str, **what: Any) -> None:
        """Send its page a message, if it is there."""
        if self.send is not None:
            self.send({"event": event, **what})
