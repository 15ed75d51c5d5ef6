"""A carrier in virtual time, with an application that does what a test says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carrier import Account, Beliefs, Carrier, Timings
from tests.carrier.api import Api
from tests.carrier.office import ACCOUNT_SID, API_KEY, API_SECRET, APPLICATION_SID, BASE, OURS, TOKEN, Office

MakeCarrier = Callable[..., Carrier]


@pytest.fixture
def office() -> Office:
    return Office({"/status": "", "/events": "", "/recordings": ""})


@pytest.fixture
def make_carrier(office: Office) -> MakeCarrier:
    def make(
        seed: int = 1, beliefs: Beliefs | None = None, timings: Timings | None = None, strict: bool = True
    ) -> Carrier:
        account = Account(ACCOUNT_SID, TOKEN, API_KEY, API_SECRET)
        carrier = Carrier(account, deliver=office.deliver, seed=seed, beliefs=beliefs, timings=timings, strict=strict)
        carrier.number(
            OURS, voice_url=f"{BASE}/in", voice_fallback_url=f"{BASE}/fallback", status_callback=f"{BASE}/status",
            sms_url=f"{BASE}/texts",
        )  # fmt: skip
        carrier.application(APPLICATION_SID, voice_url=f"{BASE}/client", status_callback=f"{BASE}/status")
        return carrier

    return make


@pytest.fixture
def carrier(make_carrier: MakeCarrier) -> Carrier:
    return make_carrier()


@pytest.fixture
def api(carrier: Carrier) -> Api:
    return Api(carrier)
