"""`python -m carrier`: the phone company on this machine, in real time, until a signal.

Every number is one of the account's and asks the application at --app-url, so nothing has to be set up here.
"""

from __future__ import annotations

import argparse
import json
import logging
import secrets
import signal
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from carrier.account import Account, Hooks
from carrier.clocks import RealClock
from carrier.company import Carrier
from carrier.couriers import PooledCourier
from carrier.server.application import Application
from carrier.server.delivery import deliver

VOICE, TEXTS = "/twilio/calls", "/twilio/texts"
LOOPBACK = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests that went well."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main(argv: list[str] | None = None) -> None:
    """Serve until a signal."""
    given = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    clock = RealClock()
    server = make_server(LOOPBACK, given.port, _application(given, clock), threaded=True, request_handler=_Quiet)
    assert isinstance(server, BaseWSGIServer)
    server.daemon_threads = True  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    clock.start()
    print(f"the phone company answers at http://{LOOPBACK}:{server.port}/", flush=True)  # noqa: T201
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _application(given: argparse.Namespace, clock: RealClock) -> Application:
    keys: dict[str, str] = json.loads(given.account.read_text())
    account = Account(keys["TWILIO_ACCOUNT_SID"], keys["TWILIO_AUTH_TOKEN"], keys["TWILIO_API_KEY"],
                      keys["TWILIO_API_SECRET"])  # fmt: skip
    app = given.app_url.rstrip("/")
    told = f"{app}/twilio/events/leg"
    carrier = Carrier(account, courier=PooledCourier(clock, deliver), clock=clock, strict=False, seed=secrets.randbits(32),
                      api_base=f"http://{LOOPBACK}:{given.port}")  # fmt: skip
    carrier.exchange.every_number = Hooks(
        voice_url=f"{app}{VOICE}/in", status_callback=told, sms_url=f"{app}{TEXTS}/in"
    )
    carrier.application(keys["TWILIO_APP_SID"], voice_url=f"{app}{VOICE}/client", status_callback=told)
    return Application(carrier, clock, app_url=app, book=_book(given.book))


def _book(path: Path | None) -> dict[str, Any]:
    """What the handset's page offers to dial; nothing where nobody wrote it down."""
    try:
        book: dict[str, Any] = json.loads(path.read_text()) if path else {}
    except OSError:
        return {}
    return book


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m carrier", description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--app-url", required=True, help="where the application answers")
    parser.add_argument("--account", type=Path, required=True, help="a JSON file with the TWILIO_… settings")
    parser.add_argument("--book", type=Path, help="a JSON file with numbers and callers for the handset's page")
    return parser


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
