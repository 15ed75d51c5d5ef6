"""What can go wrong between the carrier and the application, and what interrupts a call.

Everybody here raises these; `deliver` callables of the application's side raise the first two.
"""

from __future__ import annotations


class CarrierError(Exception):
    """Something the carrier wants its driver to know."""


class Unreachable(CarrierError):
    """No connection to the other side came about."""


class TimedOut(CarrierError):
    """The other side was reached and did not answer in time; what it did is unknown."""


class TwimlError(CarrierError):
    """A TwiML document that the real carrier would refuse, with its error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class FetchFailed(CarrierError):
    """A document could not be had: the address, the carrier's error code and why."""

    def __init__(self, url: str, code: int, why: str) -> None:
        super().__init__(f"{code}: {why} ({url})")
        self.url = url
        self.code = code
        self.why = why


class Refused(CarrierError):
    """A REST request that the carrier answers with an error."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
