"""Commands about mail: take one in, run the mail room, set mailboxes up, and the demo's post office."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict
from typing import Any, NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from contact_center.channels import inbox
from contact_center.channels.email import correspondents, forms, headers, health, mailroom, postoffice, settings, smtpd
from contact_center.channels.email import testing as trying
from contact_center.channels.email.adapter import EmailChannel, Parcel
from contact_center.channels.raws import Outcome
from contact_center.cli.opening import NotSetUp, as_json, configured, in_app, open_app
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue
from contact_center.text import sayings
from contact_center.tickets.models import ref_of

# sysexits.h, as mail servers read them
EX_USAGE, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 64, 65, 67, 75


class WrongUse(click.UsageError):
    """An option or argument that there is not."""

    exit_code = EX_USAGE


class Delivery(click.Command):
    """A command that a mail server hands a mail to: whatever is wrong with us, it shall keep the mail and come back."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise WrongUse(error.format_message(), ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:  # noqa: BLE001 (any other exit code, and the mail goes back to the customer)
            why = error.message if isinstance(error, NotSetUp) else type(error).__name__
            _give_up(EX_TEMPFAIL, f"the mail could not be kept ({why}), try again later")


@click.command(cls=Delivery)
@click.option("--mailbox", metavar="ADDRESS", help="Whose mail it is; otherwise its headers tell.")
@click.option("--json", "wants_json", is_flag=True, help="Say what became of it.")
@in_app
def mail(mailbox: str | None, wants_json: bool) -> None:
    """Take in one mail from standard input, as a mail server's pipe hands it over.

    Exit codes are those of sysexits.h: 0 it is kept, 64 no such option, 65 there was nothing to keep, 67 no such
    mailbox, 75 try again, whatever is missing or broken here.
    """
    payload = sys.stdin.buffer.read()
    if not payload.strip():
        _give_up(EX_DATAERR, "there is no mail on standard input")
    mailbox_id = _mailbox_id(mailbox, payload)
    if mailbox_id is None:
        _give_up(EX_NOUSER, f"there is no active mailbox {mailbox}")
    [raw_id] = inbox.keep(list(EmailChannel().receive(Parcel("pipe", mailbox_id, payload))))
    _tell(raw_id, wants_json)


def _give_up(code: int, sentence: str) -> NoReturn:
    click.echo(f"contact-center mail: {sentence}", err=True)
    sys.exit(code)


def _mailbox_id(address: str | None, payload: bytes) -> int | None:
    """The mailbox named, else the first of ours in the headers, else the first there is. Raises NotSetUp."""
    if address:
        return smtpd.mailbox_for(address)
    found, _end = headers.read(payload, 0, len(payload))
    for name in ("delivered-to", "x-original-to", "to", "cc"):
        for mentioned in correspondents.mentioned(found, name):
            if (mailbox_id := smtpd.mailbox_for(mentioned.address)) is not None:
                return mailbox_id
    first = next(iter(places.mailboxes()), None)
    if first is None:
        raise NotSetUp("there is no mailbox yet")
    return first


def _tell(raw_id: int, wants_json: bool) -> None:
    """File it and say what was decided. It is kept already: whatever happens now, the sender need not come back."""
    try:
        outcome: Outcome | None = inbox.process(raw_id)
    except SQLAlchemyError:
        outcome = None
    if wants_json:
        as_json(_decision(raw_id, outcome))
    elif outcome and outcome.ticket_id:
        click.echo(ref_of(outcome.ticket_id))


def _decision(raw_id: int, outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return {"raw": raw_id, "decided": "KEPT", "ticket": None, "interaction": None, "customer": None, "why": {}}
    return {
        "raw": raw_id,
        "decided": outcome.state,
        "ticket": ref_of(outcome.ticket_id) if outcome.ticket_id else None,
        "interaction": outcome.interaction_id,
        "customer": outcome.customer_id,
        "message": outcome.message_id,
        "acknowledged": outcome.acknowledged,
        "why": outcome.why,
    }


@click.command("mailroom")
def mail_room() -> None:
    """Fetch mailboxes and listen for mail."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's account of every line
    mailroom.run(open_app())


@click.group("mailbox")
def mailbox_group() -> None:
    """Set up mailboxes."""


@mailbox_group.command("list")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def list_mailboxes(wants_json: bool) -> None:
    """All mailboxes and how each is doing."""
    found = settings.listed()
    if wants_json:
        as_json([_plain(mailbox) for mailbox in found])
        return
    for mailbox in found:
        click.echo(f"{mailbox.address:<40} {health.of(mailbox):<9} {sayings.say(mailbox.error)}".rstrip())


def _plain(mailbox: Mailbox) -> dict[str, Any]:
    shown = {name: getattr(mailbox, name) for name in forms.READERS}
    state = {
        "state": health.of(mailbox),
        "error": sayings.say(mailbox.error) or None,
        "failing_since": mailbox.failing_since,
    }
    return {**shown, "is_active": mailbox.is_active, **state, "fetched_at": mailbox.fetched_at}


@mailbox_group.command("set")
@click.argument("address")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--queue", help="The queue it feeds, by name.")
@click.option("--active/--inactive", default=None, help="Switch it on or off.")
@in_app
def set_mailbox(address: str, values: tuple[str, ...], queue: str | None, active: bool | None) -> None:
    """Set up the mailbox ADDRESS, or change it.

    Names are those that `mailbox list --json` shows, and imap_password and smtp_password; a password given as - is read
    from standard input. A new mailbox takes in all mail of its folder unless imap_since=2026-01-31 says from when.
    """
    mailbox = settings.find(address)
    form = {**forms.form_of(mailbox), "address": address, **_named(values)}
    form["queue_id"] = str(_queue_id(queue)) if queue or not form["queue_id"] else form["queue_id"]
    try:
        if mailbox is None:
            mailbox = settings.create(form, None)
        else:
            settings.change(mailbox, form, None, mailbox.version)
    except Invalid as error:
        raise click.ClickException(" ".join(f"{name}: {told}" for name, told in error.fields.items())) from None
    if active is not None:
        (settings.reactivate if active else settings.deactivate)(mailbox, None)
    db.session.commit()
    click.echo(f"{mailbox.address} is set.")


def _named(values: tuple[str, ...]) -> dict[str, str]:
    named = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or name not in (*forms.READERS, *forms.PASSWORDS):
            raise click.UsageError(f"{value!r} is not NAME=VALUE with one of: {', '.join(forms.READERS)}")
        is_off = name in forms.FLAGS and text.lower() in ("", "0", "no", "false", "off")
        named[name] = "" if is_off else sys.stdin.readline().rstrip("\n") if text == "-" else text
    return named


def _queue_id(name: str | None) -> int:
    queues = db.session.query(Queue.id, Queue.name).order_by(Queue.position, Queue.id).all()
    found = next((queue.id for queue in queues if name is None or queue.name == name), None)
    if found is None:
        raise click.ClickException(f"There is no queue {name or 'yet'}. There is: {', '.join(q.name for q in queues)}")
    return found


@mailbox_group.command("test")
@click.argument("address")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def try_mailbox(address: str, wants_json: bool) -> None:
    """Sign in to the servers of the mailbox ADDRESS."""
    mailbox = settings.find(address)
    if mailbox is None:
        _give_up(EX_NOUSER, f"there is no mailbox {address}")
    findings = trying.check(mailbox)
    if wants_json:
        as_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.what}: {finding.sentence}")
    sys.exit(1 if any(finding.is_well is False for finding in findings) else 0)


@click.command("postoffice")
@click.option("--list", "lists", is_flag=True, help="What has arrived, oldest first, instead of running.")
@click.option("--json", "wants_json", is_flag=True)
def post_office(lists: bool, wants_json: bool) -> None:
    """Run the demo's post office: any mail that leaves ends in DATA_DIR/post-office and can be read there."""
    config = configured()
    folder = config.data_dir / "post-office"
    if not lists:
        module = "contact_center.channels.email.postoffice"  # without the application it is a third of the size
        place = [str(folder), "127.0.0.1", str(config.smtp_port + 1)]
        os.execv(sys.executable, [sys.executable, "-m", module, *place])
    elif wants_json:
        as_json(postoffice.listing(folder))
    else:
        for each in postoffice.stored(folder):
            click.echo(f"{each.at}  {', '.join(each.recipients):<40}  {each.subject}\n    {each.file}")
