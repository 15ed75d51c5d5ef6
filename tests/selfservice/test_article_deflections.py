"""Customers whom an article answered: noted once, refuted by a ticket that follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from contact_center import clock
from contact_center.extensions import db
from contact_center.selfservice import deflections
from contact_center.selfservice.models import Deflection, DeflectionState
from tests import factories

pytestmark = pytest.mark.usefixtures("session")


def _states() -> dict[str | None, str]:
    db.session.expire_all()
    return {row.visitor: row.state for row in db.session.scalars(select(Deflection))}


def _a_day_later() -> None:
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        deflections.sweep()


def test_who_reads_three_articles_is_answered_once_by_the_last_of_them() -> None:
    greta = factories.greta()
    for article_id in (1, 2, 3):
        deflections.note_article(article_id, "browser-1")
        deflections.note_article(article_id, "browser-2", greta.id)
    rows = db.session.scalars(select(Deflection).order_by(Deflection.visitor)).all()
    assert [(row.visitor, row.subject) for row in rows] == [("browser-1", "3"), (f"customer:{greta.id}", "3")]
    _a_day_later()
    assert set(_states().values()) == {DeflectionState.CONFIRMED}


def test_who_writes_to_us_after_all_was_not_answered() -> None:
    deflections.note_article(1, "browser-1")
    deflections.note_article(1, "browser-2")
    deflections.refute("browser-1")
    assert _states() == {"browser-1": "REFUTED", "browser-2": "OPEN"}


def test_a_ticket_of_whoever_has_the_number_refutes_what_was_texted_to_it() -> None:
    queue = factories.queue()
    customer = factories.customer("Tess Texter", "tess@example.com", phone="+491701112233")
    deflections.note_article(1, deflections.from_number("text", "+491701112233"))
    deflections.note_article(1, deflections.from_number("call", "+491709998877"))
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        ticket = factories.ticket(queue)
        ticket.customer_id, ticket.opened_at = customer.id, clock.now()
        db.session.flush()
    _a_day_later()
    assert _states() == {"text:+491701112233": "REFUTED", "call:+491709998877": "CONFIRMED"}


def test_an_article_counts_for_the_channel_it_was_read_on() -> None:
    greta = factories.greta()
    deflections.note_article(1, "browser-1")
    deflections.note_article(1, "browser-2", greta.id)
    deflections.note_article(1, deflections.from_number("text", "+491701112233"))
    deflections.note_article(1, deflections.from_number("call", "+491701112233"))
    counted = db.session.execute(
        text("SELECT channel, sum(shown) FROM bi.deflection GROUP BY channel ORDER BY channel")
    )
    assert counted.all() == [("phone", 1), ("sms", 1), ("web", 2)]
