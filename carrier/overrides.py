"""Connection overrides: what the fragment of a webhook's address says about timeouts and retries.

Source: "Webhooks (HTTP callbacks): connection overrides". `https://app.example/voice#ct=2000&rt=10000&rc=2&rp=ct,5xx`
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urldefrag


@dataclass(frozen=True, slots=True)
class Overrides:
    """How one address is requested; times in seconds."""

    url: str  # without the fragment: what is requested, and signed
    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def again_after(self, failure: str) -> bool:
        """Whether this kind of failure (ct, rt, 4xx, 5xx) is worth another attempt."""
        return failure in self.policy or "all" in self.policy


def _number(values: dict[str, list[str]], key: str, default: int, top: int) -> int:
    text = values.get(key, [""])[0]
    return min(int(text), top) if text.isdigit() else default


@lru_cache(4096)
def read(address: str) -> Overrides:
    """What an address asks for."""
    url, fragment = urldefrag(address)
    if not fragment:
        return Overrides(url)
    values = parse_qs(fragment)
    policy = {word for text in values.get("rp", ["ct"]) for word in text.split(",")}
    return Overrides(
        url,
        connect=_number(values, "ct", 5000, 10000) / 1000,
        read=_number(values, "rt", 15000, 15000) / 1000,
        total=_number(values, "tt", 15000, 15000) / 1000,
        retries=_number(values, "rc", 1, 5),
        policy=frozenset(policy),
    )
