"""Who wants no texts from us: the ledger of STOP and START by number, for a number may be nobody's or several people's.

`outbox` asks it before any text leaves; texts that come in write it, and a carrier that refuses because of it. Rows are
added, never changed: the newest of a number holds. What it says stands in the consents of the number's owners, too.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.customers import consents
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.extensions import Base, BigId, db, states
from contact_center.text.addresses import Scheme


class Said(StrEnum):
    """Who told us."""

    CUSTOMER = "CUSTOMER"
    CARRIER = "CARRIER"  # it refused a text: they told the carrier, not us


class TextStop(Base):
    """One word about all our texts to a number, with its evidence."""

    __tablename__ = "text_stop"

    id: Mapped[BigId]
    address: Mapped[str]
    is_stopped: Mapped[bool]
    said_to: Mapped[Said] = mapped_column(states(Said, "said"))
    evidence: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "address", "id"),)


def since(address: str) -> datetime | None:
    """Since when a number wants no texts; None if it may be written to."""
    newest = select(TextStop).where(TextStop.address == address).order_by(TextStop.id.desc()).limit(1)
    row = db.session.scalar(newest)
    return row.at if row is not None and row.is_stopped else None


def stop(address: str, evidence: str, said: Said = Said.CUSTOMER) -> bool:
    """Write no more texts to a number; False if it was so already. *evidence* is kept as it is."""
    if since(address) is not None:
        return False
    _add(address, evidence, said, is_stopped=True)
    return True


def start(address: str, evidence: str) -> bool:
    """They want texts again; False if they always did."""
    if since(address) is None:
        return False
    _add(address, evidence, Said.CUSTOMER, is_stopped=False)
    return True


def _add(address: str, evidence: str, said: Said, *, is_stopped: bool) -> None:
    row = TextStop(address=address, is_stopped=is_stopped, said_to=said, evidence=evidence, at=clock.now())
    db.session.add(row)
    db.session.flush()
    # A START is no yes to advertising: that they would have to say in so many words.
    purposes = [each for each in consents.Purpose if is_stopped or each is not consents.Purpose.MARKETING]
    for customer in _owners(address):
        for purpose in purposes:
            consents.record(
                customer, consents.Channel.SMS, purpose, is_granted=not is_stopped, evidence=evidence,
                source=PointSource.MESSAGE,
            )  # fmt: skip


def _owners(address: str) -> list[Customer]:
    asked = select(Customer).join(ContactPoint, ContactPoint.customer_id == Customer.id)
    asked = asked.where(ContactPoint.scheme == Scheme.PHONE, ContactPoint.value == address)
    return list(db.session.scalars(asked.order_by(Customer.id)))
