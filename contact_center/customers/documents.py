"""Files that belong to a customer rather than to a ticket: added, described, removed and brought back.

Called by the desk. Bytes lie in the store under their hash; what a removed document needs to come back is in its event.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import history
from contact_center.customers.models import Customer, CustomerDocument
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.text.lines import one_line

MAX_ABOUT = 300
KEPT_FOR = timedelta(days=30)  # a removed document's bytes, so that it can be brought back
_LONGEST_SWEEP = timedelta(days=7)


def of(customer: Customer, limit: int = 200) -> list[CustomerDocument]:
    """A customer's documents, the newest first."""
    mine = select(CustomerDocument).where(CustomerDocument.customer_id == customer.id)
    mine = mine.options(joinedload(CustomerDocument.agent).options(lazyload(Agent.roles)))
    return list(db.session.scalars(mine.order_by(CustomerDocument.id.desc()).limit(limit)))


def count(customer: Customer) -> int:
    """How many documents a customer has."""
    return db.session.scalar(select(func.count()).where(CustomerDocument.customer_id == customer.id)) or 0


def add(
    customer: Customer, agent: Agent, name: str, content_type: str, data: bytes, about: str = ""
) -> CustomerDocument:
    """Keep a file. The name is the caller's to make safe; raises Invalid for an empty one."""
    if not data:
        sentence = _("“%(name)s” is empty.", name=name)
        raise Invalid(sentence, {"file": sentence})
    row = CustomerDocument(
        customer_id=customer.id, file_id=store.put(data), agent_id=agent.id, name=name, content_type=content_type,
        size=len(data), about=_about(about), at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    log.record(Name.DOCUMENT_ADDED, row, agent, document=row.id, file=row.name)
    return row


def describe(row: CustomerDocument, agent: Agent, about: str) -> None:
    """Say what a document is."""
    about = _about(about)
    if row.about != about:
        changes = {"about": [row.about, about]}
        row.about = about
        db.session.flush()
        log.record(Name.DOCUMENT_CHANGED, row, agent, document=row.id, file=row.name, changes=changes)


def remove(row: CustomerDocument, agent: Agent) -> None:
    """Take a document away. The event keeps the row, so that `restore` can bring it back for a while."""
    log.record(Name.DOCUMENT_REMOVED, row, agent, document=row.id, file=row.name, row=history.row_of(row))
    db.session.delete(row)
    db.session.flush()


def restore(customer: Customer, document_id: int, agent: Agent) -> CustomerDocument:
    """Bring back what `remove` took away; twice is once. Raises IllegalMove if nothing was, or its bytes are gone."""
    there = db.session.get(CustomerDocument, document_id)
    if there is not None and there.customer_id == customer.id:
        return there
    event = history.removed(customer.id, Name.DOCUMENT_REMOVED, document_id)
    if event is None or db.session.get(File, event["row"]["file_id"]) is None:
        raise IllegalMove(_("This document cannot be brought back."))
    row = history.row_from(CustomerDocument, event["row"])
    db.session.add(row)
    db.session.flush()
    log.record(Name.DOCUMENT_ADDED, row, agent, document=row.id, file=row.name, restored=True)
    return row


def forget() -> None:
    """Delete the bytes of documents that were removed long enough ago; those that anything refers to stay."""
    until = clock.now() - KEPT_FOR
    removed = select(Event.data["row"]["file_id"].as_integer()).where(Event.name == Name.DOCUMENT_REMOVED)
    for file_id in set(db.session.scalars(removed.where(Event.at < until, Event.at > until - _LONGEST_SWEEP))):
        store.discard(file_id)


def _about(typed: str) -> str:
    try:
        return one_line(typed, MAX_ABOUT)
    except ValueError as error:
        raise Invalid(str(error), {"about": str(error)}) from None
