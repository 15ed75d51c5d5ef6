"""One browser's WebSocket: JSON messages in and out. It says who it is first; then the gateway is asked.

A message that is none, or too large, ends the connection. What goes out is written by a thread of its own: a browser
that reads nothing must not hold the carrier up.
"""

from __future__ import annotations

import json
import threading
from queue import SimpleQueue
from typing import Any

from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]

from carrier.clocks import RealClock
from carrier.server.gateway import Gateway, NotSignedIn
from carrier.server.party import Message

MOST = 64 * 1024  # characters; an SDP has a few thousand
PING = 5.0
SIGN_IN_WITHIN = 10.0


class Browser:
    """A WebSocket, served in the thread that calls `serve`."""

    def __init__(
        self, environ: dict[str, Any], gateway: Gateway, clock: RealClock, *, may_be_handset: bool = True
    ) -> None:
        self._socket = Server(environ, ping_interval=PING, max_message_size=MOST)
        self._gateway = gateway
        self._clock = clock
        self._may_be_handset = may_be_handset
        self._out: SimpleQueue[Message | None] = SimpleQueue()

    def serve(self) -> None:
        """Listen until it is gone."""
        threading.Thread(target=self._write, name="carrier-browser", daemon=True).start()
        try:
            self._serve()
        except (ConnectionClosed, ValueError):  # it is gone, or sends what is no message
            pass
        finally:
            self._out.put(None)

    def _serve(self) -> None:
        hello = self._read(SIGN_IN_WITHIN)
        if hello is None or not (self._may_be_handset or hello.get("role") == "agent"):
            return
        send = self._out.put
        try:
            with self._clock.lock:
                party = self._gateway.sign_in(hello, send)
        except NotSignedIn as refused:
            send({"event": "refused", "reason": str(refused)})
            return
        try:
            while (said := self._read(None)) is not None:
                with self._clock.lock:
                    self._gateway.take(party, said)
        finally:
            with self._clock.lock:
                self._gateway.sign_out(party, send)

    def _read(self, timeout: float | None) -> Message | None:
        text = self._socket.receive(timeout)
        said = json.loads(text) if isinstance(text, str) else None
        return said if isinstance(said, dict) else None

    def _write(self) -> None:
        try:
            while (message := self._out.get()) is not None:
                self._socket.send(json.dumps(message))
            self._socket.close()
        except (ConnectionClosed, OSError):
            return
