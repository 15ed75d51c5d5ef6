"""Our own telephone numbers: what customers call and write texts to, and which queue each feeds.

The settings page sets them up; events tell who did, and nothing here commits. `places` knows the active ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, select, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, BigId, db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue
from contact_center.text import addresses
from contact_center.text.lines import one_line

SHORTEST = 8  # with the plus; what is shorter is a service or a typing error
FLAGS = ("takes_calls", "takes_texts", "acknowledges")


class PhoneNumber(Base):
    """A number of ours, in E.164. A short code or a name as sender is none: nobody could answer it."""

    __tablename__ = "phone_number"

    id: Mapped[BigId]
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="en")
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    takes_calls: Mapped[bool] = mapped_column(server_default=text("true"))
    takes_texts: Mapped[bool] = mapped_column(server_default=text("true"))
    acknowledges: Mapped[bool] = mapped_column(server_default=text("true"))  # the first text of a ticket
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (CheckConstraint("address ~ '^\\+[1-9][0-9]{4,14}$'", name="normal_form"),)


def listed() -> list[PhoneNumber]:
    """All numbers: active ones first, then by address."""
    return list(db.session.scalars(select(PhoneNumber).order_by(PhoneNumber.is_active.desc(), PhoneNumber.address)))


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form says about a number. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    address = addresses.phone_normal(form.get("address", ""), current_app.config["CC"].default_region)
    if address is None or len(address) < SHORTEST:
        wrong["address"] = _("Type a telephone number with its country, such as +49 30 901820.")
    try:
        name = one_line(form.get("name", ""), 80)
    except ValueError as error:
        wrong["name"] = str(error)
    language, queue_id = form.get("language", ""), rows.number(form.get("queue_id", ""))
    if language not in LANGUAGES:
        wrong["language"] = _("Choose one of the languages.")
    if queue_id is None or db.session.get(Queue, queue_id) is None:
        wrong["queue_id"] = _("Choose the queue that it feeds.")
    Invalid.raise_for(wrong)
    flags = {flag: form[flag] == "1" for flag in FLAGS if flag in form}
    return {"address": address, "name": name, "language": language, "queue_id": queue_id, **flags}


def create(fields: Mapping[str, Any], actor: Agent | None) -> PhoneNumber:
    """Set up a number. Raises Invalid if it is there already."""
    row = PhoneNumber(**fields)
    with rows.unique(address=_("This number is set up already.")):
        db.session.add(row)
        db.session.flush()
    log.record(Name.PHONE_NUMBER_CHANGED, None, actor, number=row.id, address=row.address, created=True)
    places.forget()
    return row


def change(row: PhoneNumber, fields: Mapping[str, Any], version: int, actor: Agent | None) -> bool:
    """Change it to what the form says; returns whether anything did. Raises Stale, Invalid."""
    db.session.refresh(row, with_for_update=True)
    stale = _("Somebody else has changed this number in the meantime.")
    changes = rows.change(row, fields, version, stale, address=_("This number is set up already."))
    if changes:
        log.record(Name.PHONE_NUMBER_CHANGED, None, actor, number=row.id, address=row.address, changes=changes)
        places.forget()
    return bool(changes)


def switch(row: PhoneNumber, actor: Agent | None, *, is_active: bool) -> None:
    """Use it, or take in nothing more by it; its tickets stay."""
    db.session.refresh(row, with_for_update=True)
    change(row, {"is_active": is_active}, row.version, actor)
