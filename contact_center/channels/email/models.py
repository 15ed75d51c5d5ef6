"""Moved to contact_center.mailboxes.models."""

from contact_center.mailboxes.models import Encryption, Mailbox

__all__ = ["Encryption", "Mailbox"]
