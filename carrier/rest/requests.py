"""A REST request: its parameters, read with the carrier's errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from carrier.errors import Refused
from carrier.exchange import Exchange
from carrier.legs import Subscription

Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """One request, and the parts of its path."""

    exchange: Exchange
    method: str
    path: str
    query: Pairs
    form: Pairs
    keys: tuple[str, ...] = ()
    params: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in [*self.query, *self.form]:
            self.params.setdefault(name, []).append(value)

    def has(self, name: str) -> bool:
        """Whether a parameter was sent."""
        return name in self.params

    def get(self, name: str, default: str = "") -> str:
        """A parameter's value."""
        return self.params.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """A parameter's values."""
        return self.params.get(name, [])

    def need(self, name: str, code: int = 20001) -> str:
        """A parameter that has to be there."""
        value = self.get(name)
        if not value:
            raise Refused(400, code, f"Missing required parameter {name} in the post body")
        return value

    def whole(self, name: str, default: int) -> int:
        """A parameter's value as a whole number."""
        text = self.get(name)
        if not text:
            return default
        if not text.isdigit():
            raise Refused(400, 20001, f"Invalid value for parameter {name}: {text}")
        return int(text)

    def flag(self, name: str, default: bool = False) -> bool:
        """A parameter's value as yes or no: anything but true is no."""
        return self.get(name, "true" if default else "false").lower() == "true"

    def refuse(self, *names: str) -> None:
        """Refuse parameters that would have no effect here."""
        for name in names:
            if self.has(name):
                raise Refused(501, 20501, f"{name} is not emulated")

    def way(self, name: str, default: str = "POST") -> str:
        """GET or POST."""
        value = self.get(name, default).upper()
        if value not in {"GET", "POST"}:
            raise Refused(400, 20001, f"Invalid value for parameter {name}: {value}")
        return value

    def subscription(self, prefix: str = "StatusCallback", default: str = "completed") -> Subscription | None:
        """Who wants to hear of what."""
        url = self.get(prefix)
        if not url:
            return None
        words = " ".join(self.all(f"{prefix}Event")).split() or default.split()
        return Subscription(url, self.way(f"{prefix}Method"), frozenset(words))


def missing(request: Request) -> Refused:
    """Nothing is there under this address."""
    return Refused(404, 20404, f"The requested resource {request.path} was not found")


def no_number(text: str, code: int, name: str) -> Refused:
    """Not something that can be rung."""
    return Refused(400, code, f"The phone number you are attempting to call, {text}, is not valid ({name}).")
