"""An answer to a web request: the private page shows it, nothing has to travel."""

from __future__ import annotations

from contact_center.channels.base import OutboundMessage
from contact_center.channels.web.adapter import WebChannel


def test_it_answers_with_our_own_id() -> None:
    message = OutboundMessage("<cc.1@norra.example>", "support@norra.example", "Norra", ("+4930123456",), "Re", "Hello")
    assert WebChannel().send(message) == "<cc.1@norra.example>"
