"""A listening SMTP server in a thread of its own, for the mail room's door and the demo's post office."""

from __future__ import annotations

from typing import Any

from aiosmtpd.controller import Controller


def controller(door: Any, host: str, port: int, max_bytes: int) -> Controller:
    """The listener, not started yet; *door* is aiosmtpd's handler. No limit of size if *max_bytes* is 0."""
    return Controller(
        door,
        hostname=host,
        port=port,
        server_hostname="contact-center",
        ident="Contact centre",
        data_size_limit=max_bytes or None,
        enable_SMTPUTF8=True,
        ready_timeout=10.0,
    )
