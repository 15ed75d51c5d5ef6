"""What `up` shows: each process's lines under its name and colour, and the screen that ends the start."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from contact_center.config import Config

COLOURS = {
    "dev": "1",
    "web": "32",
    "worker": "35",
    "beat": "36",
    "mailroom": "33",
    "dispatcher": "31",
    "post": "34",
    "carrier": "36",
}
WIDTH = max(map(len, COLOURS))


class Screen:
    """The terminal, or the file, that the log goes to."""

    def __init__(self, env: Mapping[str, str], stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.colours = stream.isatty() and "NO_COLOR" not in env

    def line(self, name: str, text: str) -> None:
        """Show one line of the process *name*."""
        label = f"{name:<{WIDTH}} |"
        if self.colours:
            label = f"\033[{COLOURS.get(name, '0')}m{label}\033[0m"
        print(label, text, file=self.stream, flush=True)

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self.colours else text


def welcome(screen: Screen, config: Config, sign_ins: list[dict[str, str]], handset: str = "") -> str:
    """The screen a newcomer sees when everything answers."""
    url = config.public_url
    mail = (
        f"python3 -c \"import smtplib; smtplib.SMTP('{config.smtp_host}', {config.smtp_port}).sendmail("
        "'mia@example.org', 'support@example.com', 'From: Mia <mia@example.org>\\nTo: support@example.com\\n"
        "Subject: Kettle\\n\\nMy kettle leaks.')\""
    )
    parts = [
        screen.bold(f"{config.brand} is up."),
        f"  Desk             {url}/desk",
        f"  Customer portal  {url}/",
        f"  Mail (SMTP)      {config.smtp_host}:{config.smtp_port}",
        f"  Data             {config.data_dir}",
        "",
        *(
            f"  Sign in as {entry['role']:<16} {entry['email']:<20} {entry['password']}"
            for entry in sign_ins
            if "password" in entry
        ),
        *_customers(url, [entry for entry in sign_ins if "password" not in entry]),
        "  A first mail, from another terminal:",
        f"    {mail}",
        f"  A first web request: {url}/request",
        *([f"  A first call, from a customer's telephone: {handset}"] if handset else []),
        "  Ctrl-C stops everything.",
    ]
    return "\n".join(["", *parts, ""])


def _customers(url: str, entries: list[dict[str, str]]) -> list[str]:
    """How to be a customer of the demo: the code comes by mail, and the demo's mail is read here."""
    if not entries:
        return []
    first, *others = (entry["email"] for entry in entries)
    return [
        "",
        f"  As a customer    {url}/my  with {first}{''.join(f' or {other}' for other in others)}",
        f"                   and the code that is sent there: ./dev cc outbox --to {first}",
        "",
    ]


def sign_ins(data_dir: Path) -> list[dict[str, str]]:
    """The demo's accounts, as the demo wrote them down; none where there is no demo."""
    path = data_dir / "sign-ins.json"
    if not path.exists():
        return []
    entries: list[dict[str, str]] = json.loads(path.read_text())
    return entries
