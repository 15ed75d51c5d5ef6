"""Somebody guesses at the order look-up: BENCH_GUESSES (10,000) over HTTP, and what they learn from them.

One half comes from one network, the other from thousands (as behind a reverse proxy that we believe). Half of the numbers exist; the address is
never the order's. Learned is: an order shown; a page that differs between a number that exists and one that does not; and the time between them.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from _ground import figure, start_app
from _processes import free_port, start, stop, wait_for

sys.path.insert(0, str(Path(__file__).parents[1]))

GUESSES = int(os.environ.get("BENCH_GUESSES", "10000"))
ORDERS = 400
_BARE = re.compile(rb'(?m)^.*(csrf|nonce|name="number").*$')


def main() -> None:
    start_app(empty=True)
    real = fill(os.environ["DATABASE_URL"].replace("+psycopg", ""))
    port = free_port()
    web = start("web", {**os.environ, "PORT": str(port), "WEB_PROCESSES": "2", "PROXIES": "1"})
    try:
        wait_for(port, web)
        guesser = Guesser(port)
        guesser.guess(real[0], "198.18.0.1")  # warm
        alone = [guesser.guess(real[n % ORDERS], "198.51.100.7") for n in range(GUESSES // 2)]
        spread = [
            guesser.guess(
                real[n // 2 % ORDERS] if n % 2 else _unknown(), f"203.0.{n >> 8 & 255}.{n & 255}", is_real=bool(n % 2)
            )
            for n in range(GUESSES // 2)
        ]
        tell(alone, spread)
    finally:
        stop(web)


class Guesser:
    """A browser without a face: one form's token, one connection, any network."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.connection.request("GET", "/order")
        answer = self.connection.getresponse()
        page = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        self.token = page.split('name="csrf_token" value="')[1].partition('"')[0]

    def guess(self, number: str, network: str, *, is_real: bool = True) -> tuple[str, bool, int, bytes, float]:
        """(number, whether it exists, status, page without what is always new, milliseconds)."""
        body = urlencode({"csrf_token": self.token, "number": number, "contact": "guess@evil.example"})
        headers = {
            "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network,
            "Accept-Language": "en",
        }  # fmt: skip
        started = time.perf_counter()
        self.connection.request("POST", "/order", body, headers)
        answer = self.connection.getresponse()
        page = answer.read()
        return (
            number,
            is_real,
            answer.status,
            _BARE.sub(b"", page.replace(number.encode(), b"")),
            1000 * (time.perf_counter() - started),
        )


def tell(alone: list, spread: list) -> None:  # type: ignore[type-arg]
    """The rows: nothing was found, few were looked at, and the answers were alike."""
    everything = [*alone, *spread]
    seen = [guess for guess in spread if guess[2] == 404]
    pages = {is_real: {guess[3] for guess in seen if guess[1] is is_real} for is_real in (True, False)}
    times = {is_real: statistics.median(guess[4] for guess in seen if guess[1] is is_real) for is_real in (True, False)}
    figure(f"orders shown in {len(everything):,} guesses", sum(guess[2] == 200 for guess in everything), "orders")
    figure(f"looked at of {len(alone):,} guesses from one network", sum(guess[2] == 404 for guess in alone), "guesses")
    each = Counter(guess[0] for guess in seen if guess[1])
    figure("looked at for one order from thousands of networks", max(each.values()), "guesses")
    figure("pages that tell a real number from an unknown one", len(pages[True] ^ pages[False]), "pages")
    figure("median time, real less unknown", times[True] - times[False], "ms")


def _unknown() -> str:
    return f"K7-{secrets.randbelow(10**8):08}-ZZ"


def fill(dsn: str) -> list[str]:
    """Orders with numbers that nobody can count on from."""
    numbers = [f"K7-{secrets.randbelow(10**8):08}-QX" for _ in range(ORDERS)]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute('TRUNCATE "order", portal_try CASCADE')
        row = connection.execute(
            "INSERT INTO customer (kind, status, name, since, changed_at) VALUES ('PERSON', 'ACTIVE', 'Greta', now(), now()) RETURNING id"
        ).fetchone()
        assert row
        for number in numbers:
            connection.execute(
                'INSERT INTO "order" (external_id, customer_id, currency, total, email, placed_at, changed_at)'
                " VALUES (%s, %s, 'EUR', 1, 'greta@lindqvist.example', now(), now())",
                (number, row[0]),
            )
    return numbers


if __name__ == "__main__":
    main()
