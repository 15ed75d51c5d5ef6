"""Moved to contact_center.mailboxes.places."""

from contact_center.mailboxes.places import *  # noqa: F403
