"""What strangers write is text on every screen of the desk, wherever they write it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue
from contact_center.tickets import changes, lifecycle, replies, tasks
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.models import Ticket
from tests import factories

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></script><svg onload=alert(1)>",
    "{{ 7*7 }} %(who)s %s {0}",
    "javascript:alert(1)",
)
SIGNS = ("<script>alert", "<img src=x", "onload=alert(1)>", "' onmouseover='", "49 %")


@pytest.fixture(params=PAYLOADS)
def ticket(request: pytest.FixtureRequest, ada: Agent, queue: Queue) -> Ticket:
    """A ticket with the payload in every place that somebody outside, or a colleague, can fill."""
    evil = request.param
    file = InboundFile(evil[:100], "text/html", b"x")
    sent = factories.mail(
        "sam@stranger.example", evil, text=evil, full_text=f"{evil}\n> {evil}", sender_name=evil, attachments=(file,),
        notes=(evil,), recipients=("a@b.example",), html=f"<p>{'harmless'}</p>",
    )  # fmt: skip
    ticket = factories.ticket(queue, sent)
    lifecycle.take(ticket, ada)
    changes.change(ticket, ada, ticket.version, tags=[evil[:30]], order_number=evil[:60])
    tasks.add(ticket, ada, evil, owner=ada)
    replies.note(ticket, ada, evil)
    replies.reply(ticket, ada, evil, to=["sam@stranger.example"], copies=[])
    db.session.execute(update(Outgoing).values(state=OutgoingState.FAILED, error=evil))
    db.session.commit()
    return ticket


@pytest.mark.parametrize(
    "address",
    [
        "/desk/tickets/{ref}", "/desk/tickets/{ref}/head", "/desk/tickets/{ref}/conversation",
        "/desk/tickets/{ref}/composer", "/desk/tickets/{ref}/tags", "/desk/left", "/desk/tickets?state=all",
        "/desk/tickets/filters", "/desk/customers/card/{ref}", "/desk/search?q=sam",
        "/desk/tickets/new?customer={customer}",
    ],
)  # fmt: skip
def test_it_is_shown_as_text(desk: FlaskClient, ticket: Ticket, address: str) -> None:
    page = desk.get(address.format(ref=ticket.ref, customer=ticket.customer_id))
    assert page.status_code == 200
    assert not [sign for sign in SIGNS if sign in page.text]


def test_it_stays_text_in_what_is_typed_again(desk: FlaskClient, ticket: Ticket) -> None:
    evil = "<script>alert(1)</script>\"'>"
    desk.post(f"/desk/tickets/{ticket.ref}/draft", data={"kind": "reply", "text": evil, "to": evil, "cc": evil})
    for address in (
        f"/desk/tickets/{ticket.ref}/composer",
        "/desk/tickets/new?subject={evil}&text={evil}&address={evil}",
    ):
        assert "<script>alert" not in desk.get(address.format(evil=evil)).text
    assert "<script>alert" not in desk.get("/desk/tickets", query_string={"q": evil, "tag": evil}).text
    assert "<script>alert" not in desk.get("/desk/search", query_string={"q": evil}).text


def test_scripts_of_others_are_refused_by_every_page(desk: FlaskClient, ticket: Ticket) -> None:
    policy = desk.get(f"/desk/tickets/{ticket.ref}").headers["Content-Security-Policy"]
    script = next(part for part in policy.split(";") if "script-src" in part)
    assert "unsafe-inline" not in script
    assert "unsafe-eval" not in script
