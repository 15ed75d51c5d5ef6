"""Commands about texts: write one as a customer would, by the emulated carrier, and send one."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError, URLError

import click
from flask import current_app

from contact_center.channels import delivery
from contact_center.channels.twilio import account
from contact_center.cli.opening import as_json, in_app
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnNumber
from contact_center.outbox import post
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.outbox.post import Letter
from contact_center.text import addresses, sayings
from contact_center.tickets import texts

NOBODY = "+4915550000199"  # of a range that no carrier hands out


@click.group()
def sms() -> None:
    """Send and receive texts."""


@sms.command()
@click.argument("text")
@click.option("--from", "sender", default=NOBODY, show_default=True, help="Whose phone it is.")
@click.option("--to", help="Which number of ours; otherwise the first.")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def receive(text: str, sender: str, to: str | None, wants_json: bool) -> None:
    """Write TEXT as a customer would: the emulated carrier brings it to the web server."""
    ours = account.current()
    if ours is None or not ours.base:
        raise click.ClickException("There is no emulated carrier: TWILIO_API_BASE is not set.")
    said = {"from": _number(sender), "to": _own(to).address, "body": text}
    answer = _asked(f"{ours.base}/texts", said)
    if wants_json:
        as_json(answer)
    else:
        click.echo(f"{said['from']} wrote to {said['to']}: {answer.get('status', '')}")


@sms.command()
@click.argument("to")
@click.argument("text")
@click.option("--from", "sender", help="Which number of ours writes; otherwise the first.")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def send(to: str, text: str, sender: str | None, wants_json: bool) -> None:
    """Send TEXT to the number TO. Who wants no texts gets none."""
    own, recipient = _own(sender), _number(to)
    try:
        text = texts.checked(text, recipient)
    except Invalid as error:
        raise click.ClickException(error.sentence) from None
    letter = Letter(Purpose.ANSWER, recipient, "", text, channel="sms", place_id=own.id)
    queued = post.queue(letter)
    db.session.commit()
    if queued is None:
        raise click.ClickException("It may not leave now: the event log says why.")
    row = _sent(queued[0])
    if wants_json:
        as_json(
            {"outgoing": row.id, "state": row.state, "parts": row.segments, "error": sayings.say(row.error) or None}
        )
    else:
        click.echo(f"{row.state}: {row.segments} part(s) to {recipient}. {sayings.say(row.error)}".rstrip())


def _sent(outgoing_id: int) -> Outgoing:
    """Send it, or wait a little for the worker that has begun to."""
    delivery.deliver(outgoing_id)
    for _ in range(40):
        row = db.session.get_one(Outgoing, outgoing_id, populate_existing=True)
        if row.state is not OutgoingState.SENDING:
            break
        db.session.rollback()
        time.sleep(0.25)
    return row


def _own(typed: str | None) -> OwnNumber:
    found = places.number_with(_number(typed)) if typed else places.texting_number(None)
    if found is None:
        raise click.ClickException("There is no such number of ours: add one under Settings, Phone numbers.")
    return found


def _number(typed: str) -> str:
    number = addresses.phone_normal(typed, current_app.config["CC"].default_region)
    if number is None:
        raise click.ClickException(f"This is not a telephone number: {typed}")
    return number


def _asked(url: str, said: dict[str, str]) -> dict[str, Any]:
    body, headers = json.dumps(said).encode(), {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, body, headers)  # noqa: S310 (http on this machine: `config` has seen to it)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
    try:
        with opener.open(asked, timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        raise click.ClickException(f"The carrier refused it: {error.read().decode(errors='replace')[:200]}") from None
    except (URLError, OSError, ValueError) as error:
        raise click.ClickException(f"The carrier cannot be reached: {error}") from None
