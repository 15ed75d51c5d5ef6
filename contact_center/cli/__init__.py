"""The `contact-center` command: the processes of the product, and questions to it from a terminal.

Commands that answer a question take `--json`. Each opens the application itself; nothing here decides anything.
"""

from __future__ import annotations

from importlib import import_module

import click

from contact_center import __version__, loading

COMMANDS = {
    "admin": "cli.accounts:admin",
    "beat": "cli.workers:beat",
    "customers": "cli.questions:customers",
    "deflections": "cli.deflections:deflections",
    "demo": "demo.cli:demo",
    "dispatcher": "cli.dispatcher:dispatcher",
    "doctor": "cli.doctor:doctor",
    "import": "cli.imports:bring_in",
    "knowledge": "cli.knowledge:knowledge",
    "mail": "cli.mail:mail",
    "mailbox": "cli.mail:mailbox_group",
    "mailroom": "cli.mail:mail_room",
    "migrate": "cli.schema:migrate",
    "outbox": "cli.questions:outbox",
    "postoffice": "cli.mail:post_office",
    "report": "cli.reports:report",
    "simulate": "cli.simulate:simulate",
    "sms": "cli.texts:sms",
    "ticket": "cli.questions:ticket",
    "tickets": "cli.questions:tickets",
    "tiers": "cli.tiers:tiers",
    "traffic": "cli.traffic:traffic",
    "web": "cli.web:web",
    "worker": "cli.workers:worker",
}


class Commands(click.Group):
    """The commands by name. What one of them needs is loaded when it is asked for: mail servers start one per mail."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, _colon, command = COMMANDS[name].partition(":")
        with loading():
            found: click.Command = getattr(import_module(f"contact_center.{module}"), command)
        return found


@click.group(cls=Commands)
@click.version_option(__version__)
def main() -> None:
    """Run and question the contact centre."""
