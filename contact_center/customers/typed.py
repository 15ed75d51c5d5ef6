"""Addresses as people and files write them, in their normal form or refused with a sentence.

Called by `points` for what is typed on screens, and by `upserts` for what comes in bulk. Touches no database.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from contact_center.errors import Invalid
from contact_center.text.addresses import Address, Scheme, email_normal, phone_normal

_SHORTEST_PHONE = 8  # "+49" and five digits; shorter ones exist, but are typing errors more often


def read(typed: str) -> Address:
    """The address somebody typed, in its normal form; raises Invalid (field "value") if it cannot be one."""
    typed = typed.strip()
    if not typed:
        raise _invalid(_("Type an e-mail address or a phone number."))
    if "@" in typed:
        email = email_normal(typed)
        if email is None:
            raise _invalid(_("“%(typed)s” is not an e-mail address. Is a letter or a dot missing?", typed=typed))
        return Address(Scheme.EMAIL, email)
    phone = phone_normal(typed, current_app.config["CC"].default_region)
    if phone is None or len(phone) < _SHORTEST_PHONE:
        raise _invalid(
            _("“%(typed)s” is not a phone number. From abroad it begins with + and the country.", typed=typed)
        )
    return Address(Scheme.PHONE, phone)


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, {"value": sentence})
