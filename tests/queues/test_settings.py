"""Queues as administrators set them up."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.queues import membership, settings
from tests import factories


def test_the_first_queue_takes_the_web_requests(app: Flask) -> None:
    root = factories.root()
    first, second = settings.create("Service", None, root), settings.create("Returns", None, root)
    assert (first.takes_web_requests, second.takes_web_requests) == (True, False)
    settings.take_web_requests(second, root)
    db.session.refresh(first)
    assert (first.takes_web_requests, second.takes_web_requests) == (False, True)


def test_the_order_is_everybodys(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    queues = [settings.create(name, None, root) for name in ("Service", "Returns", "Invoices")]
    for queue in queues:
        settings.join(queue.id, [ada.id], root)
    settings.move(queues[2], -1, root)
    assert [queue.name for queue in membership.queues_of(ada)] == ["Service", "Invoices", "Returns"]
    settings.move(queues[0], -1, root)
    assert [queue.name for queue in settings.listed()] == ["Service", "Invoices", "Returns"]


def test_members_come_and_go(app: Flask) -> None:
    ada, nils, root = factories.ada(), factories.nils(), factories.root()
    queue = settings.create("Service", None, root)
    settings.join(queue.id, [ada.id, nils.id, 999_999], root)
    settings.leave(queue.id, [nils.id], root)
    assert settings.members() == {queue.id: [ada]}
    assert settings.ids_of(nils) == set()


def test_it_records_old_and_new_and_refuses_a_stale_save(app: Flask) -> None:
    root = factories.root()
    team = factories.team("Service team")
    queue = settings.create("Service", None, root)
    assert settings.change(queue, root, 1, name="Service e-mail", team_id=team.id)
    events = db.session.scalars(select(Event).where(Event.name == "queue.changed").order_by(Event.id)).all()
    assert events[-1].data["changes"] == {"name": ["Service", "Service e-mail"], "team_id": [None, team.id]}
    with pytest.raises(Stale) as stale:
        settings.change(queue, root, 1, name="Cooling", team_id=team.id)
    assert stale.value.difference == {"name": ("Cooling", "Service e-mail")}


@pytest.mark.parametrize(
    ("name", "team_id", "field"), [("", None, "name"), ("Service", None, "name"), ("New", 99, "team_id")]
)
def test_it_refuses_what_cannot_be(app: Flask, name: str, team_id: int | None, field: str) -> None:
    root = factories.root()
    settings.create("Service", None, root)
    with pytest.raises(Invalid) as refused:
        settings.create(name, team_id, root)
    assert list(refused.value.fields) == [field]


def test_work_must_arrive_somewhere(app: Flask) -> None:
    root = factories.root()
    first, second = settings.create("Service", None, root), settings.create("Returns", None, root)
    with pytest.raises(IllegalMove):
        settings.deactivate(first, root)  # it takes the web requests
    settings.deactivate(second, root)
    with pytest.raises(IllegalMove):
        settings.deactivate(second, root)
    with pytest.raises(IllegalMove):
        settings.take_web_requests(second, root)
    with pytest.raises(IllegalMove):
        settings.deactivate(first, root)  # and is the last one
    settings.reactivate(second, root)
    assert second.is_active
