"""Notes about a customer: written, pinned, mended by their author, removed and brought back.

Called by the desk. A note is for everybody who works here and never leaves the building.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import history
from contact_center.customers.models import Customer, CustomerNote
from contact_center.errors import IllegalMove, Invalid, NotAllowed, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.lines import several_lines

MAX_NOTE = 10_000


def of(customer: Customer, limit: int = 100) -> list[CustomerNote]:
    """A customer's notes: pinned ones first, then the newest."""
    mine = select(CustomerNote).where(CustomerNote.customer_id == customer.id)
    mine = mine.options(joinedload(CustomerNote.author).options(lazyload(Agent.roles)))
    return list(db.session.scalars(mine.order_by(CustomerNote.is_pinned.desc(), CustomerNote.id.desc()).limit(limit)))


def count(customer: Customer) -> int:
    """How many notes a customer has."""
    return db.session.scalar(select(func.count()).where(CustomerNote.customer_id == customer.id)) or 0


def add(customer: Customer, agent: Agent, text: str) -> CustomerNote:
    """Write a note."""
    note = CustomerNote(customer_id=customer.id, agent_id=agent.id, text=_clean(text), is_pinned=False, at=clock.now())
    db.session.add(note)
    db.session.flush()
    log.record(Name.CUSTOMER_NOTED, note, agent, note=note.id, text=note.text)
    return note


def edit(note: CustomerNote, agent: Agent, text: str, *, seen: str | None = None) -> None:
    """Mend one's own note. Raises NotAllowed for another's, Stale if it no longer says what the person saw."""
    _refuse_others(note, agent)
    text = _clean(text)
    if seen is not None and _clean(seen) != note.text:
        raise Stale(_("This note was changed in another window."), {"text": (text, note.text)})
    _change(note, agent, "text", text)


def pin(note: CustomerNote, agent: Agent, *, is_pinned: bool = True) -> None:
    """Keep a note on top, or let it sink; anybody may."""
    _change(note, agent, "is_pinned", is_pinned)


def remove(note: CustomerNote, agent: Agent) -> None:
    """Take one's own note away. The event keeps the row, so that `restore` can bring it back."""
    _refuse_others(note, agent)
    log.record(Name.CUSTOMER_NOTE_REMOVED, note, agent, note=note.id, text=note.text, row=history.row_of(note))
    db.session.delete(note)
    db.session.flush()


def restore(customer: Customer, note_id: int, agent: Agent) -> CustomerNote:
    """Bring back what `remove` took away; twice is once. Raises IllegalMove if nothing was."""
    there = db.session.get(CustomerNote, note_id)
    if there is not None and there.customer_id == customer.id:
        return there
    event = history.removed(customer.id, Name.CUSTOMER_NOTE_REMOVED, note_id)
    if event is None or event["row"]["agent_id"] != agent.id:
        raise IllegalMove(_("This note cannot be brought back."))
    note = history.row_from(CustomerNote, event["row"])
    db.session.add(note)
    db.session.flush()
    log.record(Name.CUSTOMER_NOTED, note, agent, note=note.id, text=note.text, restored=True)
    return note


def _change(note: CustomerNote, agent: Agent, name: str, value: object) -> None:
    old = getattr(note, name)
    if old == value:
        return
    setattr(note, name, value)
    db.session.flush()
    log.record(Name.CUSTOMER_NOTE_CHANGED, note, agent, note=note.id, changes={name: [old, value]})


def _refuse_others(note: CustomerNote, agent: Agent) -> None:
    if note.agent_id != agent.id:
        raise NotAllowed(_("Only whoever wrote a note can change it."))


def _clean(text: str) -> str:
    try:
        text = several_lines(text, MAX_NOTE)
    except ValueError as error:
        raise Invalid(str(error), {"text": str(error)}) from None
    if not text:
        sentence = _("Write something first.")
        raise Invalid(sentence, {"text": sentence})
    return text
