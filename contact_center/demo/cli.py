"""`contact-center demo`: fill an empty installation; with --scale, fill tables by the million for benches."""

from __future__ import annotations

import sys

import click

from contact_center.cli.opening import in_app
from contact_center.demo import installing, people


@click.command()
@click.option("--stories", default=installing.STORIES, show_default=True, help="How many requests the year had.")
@in_app
def demo(stories: int) -> None:
    """Install the demo: 300 customers, 9 people, a year of requests. Only into an empty database."""
    if not installing.is_empty():
        click.echo("contact-center: this installation is in use; the demo goes only into an empty one.", err=True)
        sys.exit(1)
    with click.progressbar(length=1000, label="A year of history", file=sys.stderr) as bar:

        def progress(share: float) -> None:
            bar.update(max(0, min(1000, int(share * 1000)) - bar.pos))

        installing.install(progress, stories=stories)
    click.echo("Sign in with:")
    for name, email, role in installing.sign_ins():
        click.echo(f"  {email:<22}{people.PASSWORD:<18}{name} ({role})")
