"""What takes long runs beside the checks, and no longer than they let it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from contact_center.embedded import checks

GOOD, BAD = [sys.executable, "-c", ""], [sys.executable, "-c", "raise SystemExit('not so')"]
ENDLESS = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture(autouse=True)
def _our_own_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("code", [0, 1, 5])
def test_its_exit_code_counts_when_the_checks_are_good(code: int, capfd: pytest.CaptureFixture[str]) -> None:
    long = [sys.executable, "-c", f"print('all tests'); raise SystemExit({code})"]
    assert checks.beside(long, {"types": GOOD}, os.environ) == code
    said = capfd.readouterr().out.splitlines()
    assert sorted(said) == ["all tests", "types      ok"]


def test_a_check_that_fails_ends_it_in_the_background_too(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert checks.beside(ENDLESS, {"style": BAD}, os.environ) == 1
    finally:
        signal.signal(signal.SIGINT, before)
    assert "style      FAILED" in capfd.readouterr().out


def test_a_check_that_fails_ends_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert checks.beside(ENDLESS, {"types": GOOD, "style": BAD}, os.environ) == 1
    assert capfd.readouterr().out.splitlines() == ["types      ok", "style      FAILED", "not so", ""]
