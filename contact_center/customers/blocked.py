"""Addresses that we take nothing from: calls are refused unanswered, mails and texts are kept aside, not filed.

Settings' door calls the verbs, `calls.arriving` and `channels.rules` read the table in a statement of theirs. It stops
nobody from signing in on the portal, and us from writing to them. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, UniqueConstraint, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.customers.models import ContactPoint, Customer
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, BigId, db, states
from contact_center.text import addresses, lines
from contact_center.text.addresses import Scheme

MAX_REASON = 200
PERIODS = (1, 7, 30, 365)  # days; 0 is for good
PAGE = 200


class BlockedAddress(Base):
    """A blocked number or mailbox, once. `met` counts what was turned away since."""

    __tablename__ = "blocked_address"

    id: Mapped[BigId]
    scheme: Mapped[Scheme] = mapped_column(states(Scheme))
    value: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    met: Mapped[int] = mapped_column(server_default=text("0"))
    met_at: Mapped[datetime | None]

    by: Mapped[Agent | None] = relationship()

    __table_args__ = (
        UniqueConstraint("scheme", "value"),
        Index("ix_blocked_address_until", "until", postgresql_where=text("until IS NOT NULL")),
    )


def listed(words: str = "") -> Sequence[BlockedAddress]:
    """The newest first; of addresses or reasons with these words in them."""
    asked = select(BlockedAddress).order_by(BlockedAddress.id.desc()).limit(PAGE)
    if words := words.strip():
        asked = asked.where(or_(BlockedAddress.value.contains(words.lower(), autoescape=True),
                                BlockedAddress.reason.icontains(words, autoescape=True)))  # fmt: skip
    return db.session.scalars(asked).all()


def owners(blocked: Sequence[BlockedAddress]) -> dict[str, Customer]:
    """Whose address it is, by address, where we know it."""
    asked = select(ContactPoint.value, Customer).join(Customer, Customer.id == ContactPoint.customer_id)
    asked = asked.where(ContactPoint.value.in_([one.value for one in blocked])).order_by(ContactPoint.id.desc())
    return {row.value: row.Customer for row in db.session.execute(asked)}


def block(typed: str, reason: str, days: int, region: str, actor: Agent) -> BlockedAddress:
    """Take nothing more from an address, for *days* or (0) for good. Raises Invalid.

    *typed* is a mailbox or a number, read as people in *region* write them.
    """
    found, problems = _address(typed, region), {}
    try:
        said = lines.one_line(reason, MAX_REASON)
    except ValueError as error:
        said, problems["reason"] = "", str(error)
    if not said:
        problems.setdefault("reason", _("Please say why: whoever looks for their call or mail will see it."))
    if found is None:
        problems["address"] = _("This is neither an e-mail address nor a telephone number.")
    if days not in (0, *PERIODS):
        problems["days"] = _("Choose for how long.")
    Invalid.raise_for(problems)
    assert found is not None
    now = clock.now()
    until = now + timedelta(days=days) if days else None
    one = BlockedAddress(scheme=found[0], value=found[1], reason=said, by_id=actor.id, since=now, until=until)
    with rows.unique(address=_("This address is blocked already.")):
        db.session.add(one)
    log.record(Name.ADDRESS_BLOCKED, one, actor, address=one.value, reason=said, days=days)
    return one


def unblock(one: BlockedAddress, actor: Agent) -> None:
    """Take everything from it again. What was kept aside stays there, and can be tried again."""
    log.record(Name.ADDRESS_UNBLOCKED, one, actor, address=one.value, reason=one.reason, met=one.met)
    db.session.delete(one)
    db.session.flush()


def meet(scheme: Scheme, value: str) -> None:
    """Count something that was turned away."""
    now = clock.now()
    mine = update(BlockedAddress).where(BlockedAddress.scheme == scheme, BlockedAddress.value == value)
    db.session.execute(mine.values(met=BlockedAddress.met + 1, met_at=now))


def lift_due() -> int:
    """End those whose time is over; returns how many. They have had no effect since."""
    over = select(BlockedAddress).where(BlockedAddress.until <= clock.now()).with_for_update(skip_locked=True)
    due = db.session.scalars(over).all()
    for one in due:
        log.record(Name.ADDRESS_UNBLOCKED, one, address=one.value, reason=one.reason, met=one.met)
        db.session.delete(one)
    db.session.flush()
    return len(due)


def _address(typed: str, region: str) -> tuple[Scheme, str] | None:
    if "@" in typed:
        mailbox = addresses.email_normal(typed)
        return (Scheme.EMAIL, mailbox) if mailbox else None
    number = addresses.phone_normal(typed, region)
    return (Scheme.PHONE, number) if number else None
