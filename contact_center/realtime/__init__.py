"""Browser sockets: who may join which room, nudges out, and who else is looking at a ticket.

A nudge is `{name, ids}` and never content: the page refetches, so permission is checked in one place.
"""
