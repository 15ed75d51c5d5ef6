"""Questions: which tickets, what is in one, which customers, what has left.

The same verbs as the pages, without a person's limits.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlalchemy import select

from contact_center.agents.models import Agent, Role, RoleName
from contact_center.cli.opening import as_json, in_app
from contact_center.customers import search as customer_search
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.text import sayings
from contact_center.text.addresses import email_normal
from contact_center.tickets import scope, search
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

EX_NOINPUT = 66  # sysexits.h: there is no such thing


@click.command()
@click.option("--query", default="", help="Words, a ticket number, an address.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "wants_json", is_flag=True)
@in_app
def tickets(query: str, limit: int, wants_json: bool) -> None:
    """List tickets, newest change first."""
    found = _matching(query, limit) if query.strip() else _newest(limit)
    if wants_json:
        as_json([_ticket_row(ticket) for ticket in found])
        return
    for ticket in found:
        who = ticket.customer.name if ticket.customer else "–"
        click.echo(f"{ticket.ref:<10}{ticket.state:<10}{ticket.channel:<7}{who[:28]:<30}{ticket.subject}")


def _newest(limit: int) -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.changed_at.desc(), Ticket.id.desc()).limit(limit)))


def _matching(query: str, limit: int) -> list[Ticket]:
    """What the search field of the desk would find for somebody who sees everything."""
    reader = Agent(roles=[Role(name=RoleName.ADMINISTRATOR)])
    ids = [hit.row.id for hit in search.search(reader, query, limit=limit).hits][:limit]
    rows = {row.id: row for row in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))}
    return [rows[each] for each in ids]


@click.command()
@click.argument("ref")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def ticket(ref: str, wants_json: bool) -> None:
    """Show one ticket with everything said in it."""
    number = scope.number_in(ref)
    row = db.session.get(Ticket, number) if number is not None else None
    if row is None:
        click.echo(f"contact-center: there is no ticket {ref}", err=True)
        sys.exit(EX_NOINPUT)
    told = _ticket_row(row) | {"messages": _messages(row.id), "outgoing": _outgoing(row.id)}
    if wants_json:
        as_json(told)
        return
    click.echo(f"{row.ref}  {row.subject}  ({row.state})")
    for message in told["messages"]:
        click.echo(
            f"\n{message['at']:%Y-%m-%d %H:%M}  {message['author']}  {message['sender'] or ''}\n{message['text']}"
        )


def _ticket_row(ticket: Ticket) -> dict[str, Any]:
    return {
        "ref": ticket.ref,
        "subject": ticket.subject,
        "state": ticket.state,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "channel": ticket.channel,
        "queue": ticket.queue.name,
        "assignee": ticket.assignee.name if ticket.assignee else None,
        "customer": ticket.customer.name if ticket.customer else None,
        "customer_id": ticket.customer_id,
        "language": ticket.language,
        "tags": ticket.tags,
        "opened_at": ticket.opened_at,
        "changed_at": ticket.changed_at,
    }


def _messages(ticket_id: int) -> list[dict[str, Any]]:
    asked = select(Message).where(Message.ticket_id == ticket_id).order_by(Message.id)
    return [
        {
            "id": message.id,
            "author": message.author,
            "channel": message.channel,
            "sender": message.sender,
            "at": message.at,
            "subject": message.subject,
            "text": message.text,
            "automatic": message.automatic,
            "authenticated": message.authenticated,
            "because": message.because,
            "external_id": message.external_id,
            "attachments": [{"name": a.name, "type": a.content_type, "size": a.size} for a in message.attachments],
        }
        for message in db.session.scalars(asked)
    ]


def _outgoing(ticket_id: int) -> list[dict[str, Any]]:
    asked = select(Outgoing).where(Outgoing.ticket_id == ticket_id).order_by(Outgoing.id)
    return [
        {
            "purpose": row.purpose,
            "recipient": row.recipient,
            "state": row.state,
            "attempts": row.attempts,
            "external_id": row.external_id,
            "sent_at": row.sent_at,
            "error": sayings.say(row.error) or None,
        }
        for row in db.session.scalars(asked)
    ]


@click.command()
@click.option("--query", default="", help="Part of a name, or an address.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "wants_json", is_flag=True)
@in_app
def customers(query: str, limit: int, wants_json: bool) -> None:
    """List customers, last changed first; with words the likeliest first."""
    newest = select(Customer).order_by(Customer.changed_at.desc(), Customer.id.desc()).limit(limit)
    found = customer_search.find(query, limit) if query.strip() else list(db.session.scalars(newest))
    if wants_json:
        as_json([_customer_row(customer) for customer in found])
        return
    for customer in found:
        points = ", ".join(point.value for point in customer.points)
        click.echo(f"{customer.id:<8}{customer.status:<10}{customer.name[:34]:<36}{points}")


def _customer_row(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "kind": customer.kind,
        "status": customer.status,
        "language": customer.language,
        "points": [_point(point) for point in customer.points],
    }


def _point(point: ContactPoint) -> dict[str, Any]:
    return {
        "scheme": point.scheme,
        "value": point.value,
        "source": point.source,
        "is_verified": point.verified_at is not None,
        "has_bounced": point.bounced_at is not None,
    }


@click.command()
@click.option("--to", default="", help="Only what goes to this address.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "wants_json", is_flag=True)
@in_app
def outbox(to: str, limit: int, wants_json: bool) -> None:
    """Show what has left or waits to leave, with its words, newest first: an answer, a sign-in code."""
    asked = select(Outgoing).order_by(Outgoing.id.desc()).limit(limit)
    if to:
        asked = asked.where(Outgoing.recipient == (email_normal(to) or to))
    found = [_outgoing_row(row) for row in db.session.scalars(asked)]
    if wants_json:
        as_json([told | {"text": text} for told, text in found])
        return
    for told, text in found:
        click.echo(f"{told['queued_at']:%Y-%m-%d %H:%M}  {told['state']:<11} {told['recipient']}  {told['subject']}")
        if told["error"]:
            click.echo(f"    ! {told['error']}")
        click.echo("".join(f"    {line}\n" for line in text.splitlines()))


def _outgoing_row(row: Outgoing) -> tuple[dict[str, Any], str]:
    told = {
        "id": row.id,
        "purpose": row.purpose,
        "channel": row.channel,
        "recipient": row.recipient,
        "subject": row.subject,
        "state": row.state,
        "attempts": row.attempts,
        "queued_at": row.queued_at,
        "sent_at": row.sent_at,
        "error": sayings.say(row.error) or None,
    }
    return told, row.text
