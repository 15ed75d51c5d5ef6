"""What the provider's refusals mean to a call: put around every request of its REST interface."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from contact_center.channels.phone.provider import Again, Gone, Refused
from contact_center.channels.twilio import failures

OVER = frozenset({21220, 20409})  # not in progress, changed meanwhile


@contextmanager
def asking(over: Collection[int] = OVER) -> Iterator[None]:
    """Commands may be repeated, so what nobody knows is simply tried again. *over*: refusals because it has ended."""
    try:
        with failures.asking():
            yield
    except failures.Gone as error:
        raise Gone from error
    except failures.Retry as error:
        raise Again(error.after) from error
    except failures.Unknown as error:
        raise Again(1.0) from error
    except failures.Refused as error:
        if error.code in over:
            raise Gone from error
        raise Refused(error.sentence) from error
