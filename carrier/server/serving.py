"""A carrier in real time with its HTTP server. `python -m carrier` and tests start it here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from carrier import http
from carrier.account import Account
from carrier.clocks import RealClock
from carrier.company import Carrier
from carrier.couriers import PooledCourier
from carrier.overrides import Overrides
from carrier.server import api, browsers, console, guard
from carrier.server.gateway import Gateway
from carrier.timings import Timings
from carrier.webhooks import Webhook, WebhookAnswer

GRACE = 2.0  # seconds in which a carrier that stops tells of the calls it ends
KEPT = 5000  # events and requests that a console can look back on


class _Quiet(WSGIRequestHandler):
    """Does not write a line for every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Serving:
    """The carrier, its clock and its server."""

    def __init__(
        self, account: Account, host: str = "127.0.0.1", port: int = 0, seed: int = 1, *,
        book: Path | None = None, timings: Timings | None = None,
        deliver: Callable[[Webhook, Overrides], WebhookAnswer] = http.deliver,
    ) -> None:  # fmt: skip
        self._clock = RealClock()
        self._courier = PooledCourier(self._clock, deliver)
        self._server: BaseWSGIServer = make_server(host, port, Flask(__name__), threaded=True, request_handler=_Quiet)
        self.url = f"http://{host}:{self._server.server_port}"
        self.carrier = Carrier(
            account,
            courier=self._courier,
            clock=self._clock,
            seed=seed,
            strict=False,
            api_base=self.url,
            timings=timings,
        )
        self.carrier.exchange.timeline = deque(maxlen=KEPT)
        self.carrier.exchange.sent = deque(maxlen=KEPT)
        self._server.app = make_app(self.carrier, book)
        self._thread = threading.Thread(target=self._server.serve_forever, name="carrier-http", daemon=True)

    @property
    def lock(self) -> threading.RLock:
        """What has to be held by whoever looks at the carrier, or acts on it, from outside."""
        return self._clock.lock

    def start(self) -> None:
        """Begin to serve, in threads."""
        self._clock.start()
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everybody and serve no more."""
        self._hang_up()
        self._server.shutdown()
        self._server.server_close()
        self._clock.stop()
        self._courier.close()

    def _hang_up(self) -> None:
        """End all calls, and let the application hear of it if it listens."""
        with self._clock.lock:
            ending = [leg for leg in self.carrier.legs.values() if leg.live]
            for leg in ending:
                leg.hang_up(by="carrier")
        end = time.monotonic() + GRACE
        while ending and time.monotonic() < end:
            time.sleep(0.02)
            with self._clock.lock:
                if not any(leg.live for leg in ending) and not self.carrier.exchange.callbacks.under_way:
                    return

    def wait(self) -> None:
        """Serve until the process is told to end."""
        self._thread.join()


def make_app(carrier: Carrier, book: Path | None = None) -> Flask:
    """The WSGI application for one carrier. *book* says what the handset's page offers to dial."""
    app = Flask(__name__)
    app.extensions |= {"carrier": carrier, "gateway": Gateway(carrier), "book": book}
    guard.protect(app)
    app.register_blueprint(browsers.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(console.blueprint)
    app.register_error_handler(HTTPException, _error)
    return app


def _error(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    return jsonify({"status": status, "message": error.description}), status
