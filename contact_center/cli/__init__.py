"""The `contact-center` command: the processes of the product, and questions to it from a terminal.

Commands that answer a question take `--json`. Each opens the application itself; nothing here decides anything.
"""

from __future__ import annotations

import click

from contact_center import __version__
from contact_center.cli import accounts, deflections, doctor, imports, mail, processes, questions, tiers
from contact_center.demo import cli as demo


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Run and question the contact centre."""


for command in (
    *processes.COMMANDS,
    *mail.COMMANDS,
    *questions.COMMANDS,
    *tiers.COMMANDS,
    *imports.COMMANDS,
    doctor.doctor,
    accounts.admin,
    deflections.deflections,
    demo.demo,
):
    main.add_command(command)
