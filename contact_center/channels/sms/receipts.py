"""How far a text is, as the carrier tells it: late, twice, out of order, or contradicting itself.

The door calls `apply` with each receipt, a clock `settle` where two of them contradict and `ask` where none has come
for a day. One guarded UPDATE decides: a text never goes back, and what is over stays over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from contact_center import clock
from contact_center.channels.sms import outgoing
from contact_center.channels.sms.provider import Receipt
from contact_center.channels.sms.registry import PROVIDER
from contact_center.channels.twilio import failures
from contact_center.channels.twilio.failures import Failure, Gone
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.statement import Statement
from contact_center.text import sayings
from contact_center.tickets.messages import Message

AGAIN_AFTER = timedelta(hours=1)  # a phone that was off
SILENCE = timedelta(hours=24), timedelta(hours=48)  # from and until when a text without a receipt is asked about
_LOST = (OutgoingState.UNDELIVERED, OutgoingState.FAILED)
_GOT = (OutgoingState.DELIVERED, OutgoingState.READ)

# A receipt may overtake the answer to our own request: then it is what tells that the text has left.
_APPLY = Statement("""
    WITH before AS (
        SELECT id, state FROM outgoing
        WHERE id = :id AND channel = 'sms' AND (provider_ref IS NULL OR provider_ref = :ref)
          AND NOT coalesce(payload->'former_refs' ? CAST(:ref AS text), false)
        FOR UPDATE
    )
    UPDATE outgoing SET state = :state, rank = :rank, provider_ref = :ref, error = CAST(:error AS text),
           sent_at = coalesce(sent_at, CAST(:now AS timestamptz)), unsure_since = NULL
    FROM before
    WHERE outgoing.id = before.id AND outgoing.rank < :rank AND outgoing.state NOT IN ('UNDELIVERED', 'FAILED')
    RETURNING before.state AS was, outgoing.message_id, outgoing.recipient, outgoing.place_id
""")


def apply(receipt: Receipt) -> bool:
    """Take a receipt over; False if it says nothing new, or is of a text that is not ours."""
    error = sayings.keep(failures.sentence(receipt.code)) if receipt.state in _LOST else None
    row = _APPLY.one({
        "id": receipt.tracking, "ref": receipt.ref, "state": receipt.state, "rank": receipt.rank, "error": error,
        "now": clock.now(),
    })  # fmt: skip
    if row is None:
        _note_contradiction(receipt)
        return False
    assert receipt.tracking is not None
    _tell(receipt.tracking, receipt, row.was)
    if receipt.state in _LOST:
        outgoing.learn(row.recipient, receipt.code)
        _once_more(receipt)
    _wake_next(receipt.tracking, row.recipient)
    return True


def disputed(limit: int = 50) -> list[int]:
    """Texts of which two receipts say opposite things."""
    asked = select(Outgoing.id).where(
        Outgoing.unsure_since.is_not(None), Outgoing.channel == "sms", Outgoing.state.in_((*_GOT, *_LOST))
    )
    return list(db.session.scalars(asked.order_by(Outgoing.unsure_since).limit(limit)))


def unreceipted(limit: int = 200) -> list[int]:
    """Texts of which nothing was heard for a day, and that were not asked about yet: the receipt may have been lost."""
    first, last = (clock.now() - silence for silence in SILENCE)
    asked = select(Outgoing.id).where(
        Outgoing.channel == "sms", Outgoing.state == OutgoingState.SENT, Outgoing.provider_ref.is_not(None),
        Outgoing.sent_at.between(last, first), ~Outgoing.payload.has_key("asked"),
    )  # fmt: skip
    return list(db.session.scalars(asked.order_by(Outgoing.sent_at).limit(limit)))


def ask(outgoing_id: int) -> bool:
    """Ask the carrier what has become of it, once; what it does not know either stays without a receipt. Commits.

    False: it could not be asked now.
    """
    try:
        found = _looked_up(outgoing_id)
    except Failure:
        return False
    row = db.session.get_one(Outgoing, outgoing_id, with_for_update=True, populate_existing=True)
    row.payload = {**row.payload, "asked": True}
    db.session.flush()
    if found is not None:
        apply(replace(found, tracking=outgoing_id))
    db.session.commit()
    return True


def settle(outgoing_id: int) -> OutgoingState | None:
    """Ask the carrier which of two receipts holds."""
    try:
        found = _looked_up(outgoing_id)
    except Failure:
        return None  # the clock comes again
    mine = update(Outgoing).where(Outgoing.id == outgoing_id, Outgoing.unsure_since.is_not(None))
    values: dict[str, object] = {"unsure_since": None}
    if found is not None and found.state in (*_GOT, *_LOST):
        error = sayings.keep(failures.sentence(found.code)) if found.state in _LOST else None
        values |= {"state": found.state, "rank": found.rank, "error": error}
    state = db.session.scalar(mine.values(**values).returning(Outgoing.state))
    row = db.session.get(Outgoing, outgoing_id)
    if row is not None and state is not None:
        _nudge(row)
    db.session.commit()
    return state


def _looked_up(outgoing_id: int) -> Receipt | None:
    """What the carrier says of a text now; None if it knows nothing of it. Raises Failure. Commits before it asks."""
    ref = db.session.scalar(select(Outgoing.provider_ref).where(Outgoing.id == outgoing_id))
    db.session.commit()
    try:
        return PROVIDER.look(ref) if ref else None
    except Gone:
        return None


def _note_contradiction(receipt: Receipt) -> None:
    """Delivered and lost cannot both be true: the first stays until the carrier has been asked."""
    opposite = _LOST if receipt.state in _GOT else _GOT if receipt.state in _LOST else ()
    if not opposite:
        return
    mine = (Outgoing.id == receipt.tracking, Outgoing.channel == "sms", Outgoing.provider_ref == receipt.ref)
    noted = update(Outgoing).where(*mine, Outgoing.state.in_(opposite), Outgoing.unsure_since.is_(None))
    db.session.execute(noted.values(unsure_since=clock.now()))


def _tell(outgoing_id: int, receipt: Receipt, was: str) -> None:
    row = db.session.get_one(Outgoing, outgoing_id, populate_existing=True)
    if was in (OutgoingState.SENDING, OutgoingState.QUEUED) and receipt.state not in _LOST:
        _record(row, Name.MESSAGE_SENT, Name.OUTGOING_SENT)
    elif receipt.state in _LOST:
        _record(row, Name.MESSAGE_FAILED, Name.OUTGOING_FAILED)
    else:
        _nudge(row)


def _record(row: Outgoing, of_message: Name, otherwise: Name) -> None:
    message = db.session.get(Message, row.message_id) if row.message_id else None
    data = {"outgoing": row.id, "recipient": row.recipient, "tries": row.attempts}
    data |= {"error": row.error} if row.error else {}
    if message is not None:
        log.record(of_message, message, **data)
    else:
        log.record(otherwise, row, **data)


def _nudge(row: Outgoing) -> None:
    """Open pages show how far it is; the event log needs no line for it."""
    if row.ticket_id is not None:
        bus.after_commit("outgoing.moved", {"outgoing": row.id, "ticket": row.ticket_id})


def _once_more(receipt: Receipt) -> None:
    """A phone that was off, or a network that did not say why: one more try after a while."""
    if receipt.code not in failures.ONCE_MORE:
        return
    row = db.session.get_one(Outgoing, receipt.tracking, with_for_update=True)
    if row.payload.get("former_refs"):
        return
    row.payload = {**row.payload, "former_refs": [receipt.ref]}
    row.state, row.rank, row.provider_ref, row.unsure_since = OutgoingState.QUEUED, 0, None, None
    row.sent_at, row.due_at = None, clock.now() + AGAIN_AFTER
    db.session.flush()


def _wake_next(outgoing_id: int, recipient: str) -> None:
    """The next text of the thread need not wait for the clock."""
    waiting = select(Outgoing.id).where(
        Outgoing.recipient == recipient, Outgoing.channel == "sms", Outgoing.state == OutgoingState.QUEUED,
        Outgoing.id > outgoing_id, Outgoing.due_at <= clock.now() + outgoing.NEXT_AFTER,
    )  # fmt: skip
    following = db.session.scalar(waiting.order_by(Outgoing.id).limit(1))
    if following is not None:
        soon = update(Outgoing).where(Outgoing.id == following, Outgoing.state == OutgoingState.QUEUED)
        db.session.execute(soon.values(due_at=clock.now()))
        bus.after_commit(Name.OUTGOING_QUEUED, {"outgoing": following})
