"""The whole error vocabulary. Each error carries one sentence fit for the person's screen, already translated.

Doors turn them into a toast, a page, an SMTP answer or problem+json; rooms only raise them.
"""

from __future__ import annotations

from collections.abc import Mapping


class ContactCenterError(Exception):
    """Base of all: `sentence` is shown to the person, `status` is what HTTP doors answer."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Untrusted(ContactCenterError):
    """What arrived cannot be shown to be genuine."""

    status = 403


class Unreadable(ContactCenterError):
    """What arrived is kept, but nobody can make sense of it yet."""

    status = 422


class AlreadyTaken(ContactCenterError):
    """Somebody else won the race."""

    status = 409


class IllegalMove(ContactCenterError):
    """The thing is not in a state from which this can be done."""

    status = 409


class Stale(ContactCenterError):
    """The person edited an older version; `difference` maps field -> (theirs, now)."""

    status = 409

    def __init__(self, sentence: str, difference: dict[str, tuple[object, object]]) -> None:
        super().__init__(sentence)
        self.difference = difference


class NotAllowed(ContactCenterError):
    """The person may see the thing but not do this to it."""

    status = 403


class Invalid(ContactCenterError):
    """Bad input; `fields` maps field name -> sentence. Nothing was written."""

    status = 422

    def __init__(self, sentence: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = fields or {}

    @classmethod
    def raise_for(cls, wrong: Mapping[str, str]) -> None:
        """Raise it with everything that is *wrong*, the first sentence in front; nothing, if nothing is."""
        if wrong:
            raise cls(next(iter(wrong.values())), dict(wrong))


class DeliveryError(ContactCenterError):
    """An outgoing thing did not leave; `permanent` means trying again is pointless, `reached` who did get it.

    `is_unsure`: it may have left, and nobody heard. `after`: seconds until the next try. `code`: the carrier's own.
    """

    status = 502

    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool = False,
        reached: tuple[str, ...] = (),
        is_unsure: bool = False,
        after: float | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.permanent, self.reached = permanent, reached
        self.is_unsure, self.after, self.code = is_unsure, after, code
