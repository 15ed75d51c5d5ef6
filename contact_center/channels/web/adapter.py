"""The web channel: sent forms in, answers on the private page out.

`channels.inbox` calls it. A request's sender is only claimed, since anybody can type anything; a reply from the private
page is authenticated by the page's unguessable address, and who was signed in by their session.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from types import MappingProxyType

from contact_center import clock
from contact_center.channels.base import OutboundMessage, RawMessage
from contact_center.channels.web.submissions import Form, StoredFile, Submission, parse
from contact_center.errors import Unreadable
from contact_center.files import store
from contact_center.files.models import File
from contact_center.text.sayings import gettext
from contact_center.tickets.inbound import InboundFile, InboundMessage, Kind

TITLE_LENGTH = 90
# A short line that ends like an address to somebody: "Hello," "Dear Sir or Madam," "您好，"
_GREETING = re.compile(r".{1,30}[,，!！:：、]")


class WebChannel:
    """Forms. No network of its own: the portal's pages are where it is received and read."""

    name = "web"

    def receive(self, source: Submission) -> Iterable[RawMessage]:
        """One submission is one raw message; the portal has checked it already."""
        facts = {"files": [file.digest for file in source.files]}
        yield RawMessage(self.name, source.external_id(), source.payload(), clock.now(), facts=facts)

    def normalise(self, raw: RawMessage) -> InboundMessage:
        """Read a kept submission and the files it refers to. Raises Unreadable."""
        try:
            sent = parse(raw.payload)
            files = tuple(_attachment(file) for file in sent.files)
        except (ValueError, KeyError, TypeError, FileNotFoundError) as error:
            raise Unreadable(gettext("This form cannot be read back: %(what)s", what=str(error)[:500])) from error
        return InboundMessage(
            channel=self.name,
            kind=Kind.FORM,
            external_id=raw.external_id,
            content_hash=hashlib.sha256(raw.payload).digest(),
            sender=sent.sender,
            sender_name=sent.sender_name,
            subject=title_of(sent.text) if sent.form is Form.REQUEST else "",
            text=sent.text,
            received_at=raw.received_at,
            authenticated=True if sent.ticket_token or sent.customer_id else None,
            may_acknowledge="suspicion" not in sent.fields,
            thread_keys=(f"token:{sent.ticket_token}",) if sent.ticket_token else (),
            language=sent.language,
            attachments=files,
            fields=MappingProxyType(sent.fields),
            customer_id=sent.customer_id,
        )

    def send(self, message: OutboundMessage) -> str:
        """Nothing has to travel: the private page shows every answer the moment it is committed."""
        return message.external_id


def title_of(text: str) -> str:
    """A title for a request: the beginning of its first line that is no greeting, cut between words."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = next((line for line in lines if not _GREETING.fullmatch(line)), lines[0] if lines else "")
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[:TITLE_LENGTH]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > TITLE_LENGTH // 2 else cut}…"


def _attachment(file: StoredFile) -> InboundFile:
    data = store.read(File(sha256=bytes.fromhex(file.digest)))
    return InboundFile(file.name, file.content_type, data)
