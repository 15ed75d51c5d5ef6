"""How far a mailbox's folder has been fetched, and which of its mails the raw rows know. Only `fetching` uses this.

Each function is a short transaction of its own: the mail room holds nothing open while it waits for a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, ColumnElement, Text, any_, cast, delete, select, update

from contact_center.channels.email.adapter import HELD_BACK
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox


@dataclass(frozen=True, slots=True)
class Progress:
    """The folder's UIDVALIDITY when last seen (None: never) and the number up to which everything is kept."""

    validity: int | None
    last_uid: int


def read(mailbox_id: int) -> Progress:
    """Where the mailbox stands."""
    row = db.session.execute(select(Mailbox.uid_validity, Mailbox.last_uid).where(Mailbox.id == mailbox_id)).one()
    db.session.commit()
    return Progress(*row)


def start_over(mailbox_id: int, validity: int, last_uid: int) -> None:
    """The folder's numbers begin anew."""
    anew = update(Mailbox).where(Mailbox.id == mailbox_id).values(uid_validity=validity, last_uid=last_uid)
    db.session.execute(anew)
    db.session.commit()


def advance(mailbox_id: int, validity: int, uid: int) -> None:
    """Everything up to *uid* is kept; never goes back."""
    ours = (Mailbox.id == mailbox_id) & (Mailbox.uid_validity == validity) & (Mailbox.last_uid < uid)
    db.session.execute(update(Mailbox).where(ours).values(last_uid=uid))
    db.session.commit()


def known(external_ids: Sequence[str]) -> dict[str, str | None]:
    """Those of *external_ids* that are kept, with the date of arrival noted for them."""
    if not external_ids:
        return {}
    asked = select(RawMessageRow.external_id, RawMessageRow.facts["arrived"].astext).where(_among(external_ids))
    found: dict[str, str | None] = {row[0]: row[1] for row in db.session.execute(asked)}
    db.session.commit()
    return found


def no_longer_held_back(external_ids: Sequence[str]) -> None:
    """The rows that stood for these mails while the server kept them go: the mails themselves are here."""
    db.session.execute(delete(RawMessageRow).where(_among([f"{each}:{HELD_BACK}" for each in external_ids])))
    db.session.commit()


def _among(external_ids: Sequence[str]) -> ColumnElement[bool]:
    wanted = any_(cast(list(external_ids), ARRAY(Text)))
    return (RawMessageRow.channel == "email") & (RawMessageRow.external_id == wanted)
