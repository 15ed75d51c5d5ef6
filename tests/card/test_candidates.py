"""Who a ticket may be from."""

from __future__ import annotations

from flask import Flask

from contact_center.card import candidates
from contact_center.customers import points
from tests import factories


def test_it_ranks_as_identified_and_gives_the_reasons(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    queue = factories.queue("Mail", ada)
    theirs = factories.ticket(queue, sender="bo@andersen.example")
    points.add(bo, points.read("greta@lindqvist.example"), ada)
    ticket = factories.ticket(queue, sender_name="G. Lindqvist", text="Who am I?")
    first, second = candidates.of(ticket, ada)
    assert (first.customer, first.point.verified_at is not None, first.open_tickets) == (greta, True, 0)
    assert (second.customer, second.point.verified_at, second.open_tickets) == (bo, None, 1)
    assert (first.last_heard_at, second.last_heard_at) == (None, theirs.opened_at)
    assert candidates.sender(ticket) == ("greta@lindqvist.example", "G. Lindqvist")


def test_it_has_no_candidates_for_an_anonymous_sender(app: Flask) -> None:
    ticket = factories.ticket(factories.queue("Mail"), sender=None)
    assert (candidates.of(ticket, factories.ada()), candidates.sender(ticket)) == ([], ("", ""))
