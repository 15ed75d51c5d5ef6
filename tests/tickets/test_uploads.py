"""Files that wait to be sent, and their end if they never are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.tickets import drafts, replies, uploads
from contact_center.tickets.messages import Attachment, Upload
from contact_center.tickets.models import Ticket
from tests import factories


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(ada: Agent) -> Ticket:
    queue = factories.queue("Service", ada)
    factories.mailbox(queue)
    return factories.ticket(queue)


def sweep(hours: int) -> int:
    """How many are forgotten when so many hours have gone by."""
    with clock.standing_at(clock.now() + timedelta(hours=hours)):
        gone = 0
        while uploads.sweep():
            gone += 1
    db.session.expire_all()
    return gone


def test_what_was_never_sent_is_forgotten_after_a_day_with_its_bytes(ada: Agent) -> None:
    file = db.session.get_one(File, uploads.add(ada, "plan.pdf", "application/pdf", b"%PDF never sent").file_id)
    path, digest = store.path_of(file), file.sha256
    assert sweep(hours=24) == 0
    assert path.exists()
    assert sweep(hours=26) == 1
    assert db.session.scalars(select(Upload)).all() == []
    assert db.session.scalars(select(File).where(File.sha256 == digest)).all() == []
    assert not path.exists()


def test_a_file_of_a_draft_waits_as_long_as_the_draft(ada: Agent, ticket: Ticket) -> None:
    upload = uploads.add(ada, "plan.pdf", "application/pdf", b"%PDF for monday")
    drafts.save(ticket, ada, "Here is", fields={"upload_ids": [upload.id]})
    assert sweep(hours=24 * 30) == 0
    drafts.discard(ticket, ada)
    assert sweep(hours=24 * 30) == 1


def test_bytes_that_a_message_has_too_stay(ada: Agent, ticket: Ticket) -> None:
    sent, unsent = (uploads.add(ada, "plan.pdf", "application/pdf", b"%PDF twice") for _ in range(2))
    assert sent.file_id == unsent.file_id
    message = replies.reply(ticket, ada, "Here it is.", upload_ids=[sent.id])
    assert sweep(hours=26) == 1
    attachment = db.session.scalars(select(Attachment).where(Attachment.message_id == message.id)).one()
    assert store.read(attachment.file) == b"%PDF twice"


def test_it_leaves_alone_what_somebody_else_still_needs(ada: Agent) -> None:
    file = db.session.get_one(File, uploads.add(None, "label.jpg", "image/jpeg", b"needed").file_id)
    with clock.standing_at(clock.now() + timedelta(hours=26)):
        assert not uploads.sweep([file.sha256])
        assert uploads.sweep()
