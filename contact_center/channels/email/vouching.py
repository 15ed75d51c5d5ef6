"""Which mail servers vouch for the senders of a mailbox's mail: what the newest mails say, for whoever sets it up.

The mailbox screen offers the names, doctor compares them with the setting. Nothing here decides about a mail.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from contact_center.channels.email import authentication, headers
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox

MAILS = 30
_LOOKED_THROUGH = 1000  # raws of all mailboxes: a quiet one must not make us read the whole table
_HEAD = 32_768


def speakers(mailbox_id: int) -> Counter[str | None]:
    """Who speaks first on the mailbox's newest mails, and on how many; None: nobody does."""
    newest = (
        select(RawMessageRow.id, RawMessageRow.place_id, RawMessageRow.channel)
        .order_by(RawMessageRow.id.desc())
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    of_mailbox = (
        select(newest.c.id)
        .where(newest.c.channel == "email", newest.c.place_id == mailbox_id)
        .order_by(newest.c.id.desc())
        .limit(MAILS)
    )
    asked = select(func.substring(RawMessageRow.payload, 1, _HEAD)).where(RawMessageRow.id.in_(of_mailbox))
    return Counter(_speaker(bytes(head)) for head in db.session.scalars(asked))


def _speaker(head: bytes) -> str | None:
    return authentication.speaker(headers.read(head, 0, len(head))[0])


def seen(mailbox_id: int) -> list[str]:
    """The names that speak on more than one mail, the most frequent first."""
    return [name for name, mails in speakers(mailbox_id).most_common() if name and mails > 1]


def finding(mailbox: Mailbox) -> str:
    """One plain sentence for doctor; empty if there is nothing to say."""
    found = speakers(mailbox.id)
    total = sum(found.values())
    named = ", ".join(name for name, _ in found.most_common(5) if name)
    if not mailbox.authserv_id:
        return f"Senders are not proven: no name of a mail server is set. Its mails name {named}." if named else ""
    vouched = sum(n for name, n in found.items() if name and authentication.is_one_of(name, mailbox.authserv_id))
    if total and not vouched:
        return f"None of the newest {total} mails has a result of {mailbox.authserv_id}; they name {named or 'nobody'}."
    return f"{mailbox.authserv_id} has checked {vouched} of the newest {total} mails." if total else ""
