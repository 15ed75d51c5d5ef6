"""What browsers send over their socket, read strictly: whoever sends anything else is shown out without much ado.

`sockets.start` puts both in: `Frame` reads Socket.IO's packets, `Guard` stands below it, where a frame is not even one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from socketio import packet

_RESERVED = ("connect", "disconnect", "connect_error")  # events that only the library may raise

_log = logging.getLogger(__name__)


class Frame(packet.Packet):
    """A packet of Socket.IO. What cannot be one of a browser of ours counts as a good-bye."""

    uses_binary_events = False

    def __init__(self, *given: Any, encoded_packet: Any = None, **more: Any) -> None:
        super().__init__(*given, encoded_packet=encoded_packet, **more)
        if encoded_packet is not None and not encoded_packet:  # the library reads nothing out of nothing
            self._show_out(encoded_packet)

    def decode(self, encoded_packet: Any) -> int:
        """Read a frame. Attachments are no part of what we speak: there are none to wait for."""
        try:
            super().decode(encoded_packet)
            is_good = self._can_be_ours()
        except (ValueError, TypeError, RecursionError):
            is_good = False
        if not is_good:
            self._show_out(encoded_packet)
        return 0

    def _can_be_ours(self) -> bool:
        data: Any = self.data
        if self.packet_type != packet.EVENT:
            return self.packet_type in (packet.CONNECT, packet.DISCONNECT, packet.ACK)
        name = data[0] if isinstance(data, list) and data else None
        return isinstance(name, str) and name not in _RESERVED

    def _show_out(self, encoded_packet: Any) -> None:
        _log.info("a socket sent %d bytes that are no event: it is shown out", len(encoded_packet))
        self.packet_type, self.namespace, self.id, self.data = packet.DISCONNECT, None, None, None


class Guard:
    """WSGI: a WebSocket whose frames have no type ends quietly; Engine.IO's own clock forgets it."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return self._application(environ, start_response)
        except ValueError as error:
            if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
                raise
            _log.info("a socket sent no frame and is closed: %s", error)
        if "gunicorn.socket" in environ:  # how Gunicorn is told that somebody else has had the connection
            raise StopIteration
        return []
