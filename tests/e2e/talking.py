"""A browser's socket, spoken by hand, for tests of what goes over it."""

from __future__ import annotations

import json
from typing import Any

from simple_websocket import Client, ConnectionClosed

from contact_center.agents.models import Agent
from tests import browsers
from tests.e2e.conftest import Site


class Socket:
    """A browser's socket, spoken by hand: Engine.IO 4, Socket.IO 5."""

    def __init__(self, site: Site, agent: Agent | None, auth: dict[str, str] | None = None) -> None:
        self._auth = json.dumps(auth) if auth is not None else ""
        headers = {}
        if agent is not None:
            cookie = browsers.signed_in(site.app, agent).get_cookie("cc")
            assert cookie is not None
            headers["Cookie"] = f"cc={cookie.value}"
        url = site.url.replace("http:", "ws:") + "/socket.io/?EIO=4&transport=websocket"
        self.line = Client.connect(url, headers=headers)
        self.enter()  # without waiting for the greeting: the client overlooks what came with the handshake

    def enter(self) -> None:
        """Knock, and wait for the answer."""
        self.line.send(f"40{self._auth}")
        while not str(answer := self.line.receive(timeout=10)).startswith(("40", "44", "None")):
            pass
        self.is_let_in = str(answer).startswith("40{")

    def is_closed_on(self) -> bool:
        """Wait for the other side to hang up; False if it does not."""
        try:
            while self.line.receive(timeout=10) is not None:
                pass
        except ConnectionClosed:
            return True
        return False

    def say(self, event: str, data: Any = None) -> None:
        self.line.send(f"42{json.dumps([event, data])}")

    def ask(self, event: str, data: Any) -> Any:
        """Say it, and wait for what is answered to it."""
        self.line.send(f"420{json.dumps([event, data])}")
        while (said := self.line.receive(timeout=10)) is not None:
            if str(said).startswith("430"):
                return json.loads(str(said)[3:])[0]
        return None

    def hear(self, event: str, seconds: float = 10) -> Any:
        """The next such event's data; None if it does not come."""
        while (said := self.line.receive(timeout=seconds)) is not None:
            if said == "2":
                self.line.send("3")
            elif str(said).startswith("42"):
                name, data = json.loads(str(said)[2:])
                if name == event:
                    return data
        return None
