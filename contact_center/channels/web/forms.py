"""What people type into the portal's forms: cleaned, checked, given back with a sentence for each field that needs one.

Called by the portal's routes only. Nothing typed is ever dropped: what is wrong is shown again next to its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext

from contact_center.errors import Invalid
from contact_center.text import addresses
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.models import RequestKind

LONGEST_TEXT = 20_000
_LONGEST = {"name": 120, "email": 320, "phone": 60, "order_number": 60, "text": LONGEST_TEXT}
_SHORTEST_NUMBER = 8  # "+49" and a local number that a person would call complete
FIELDS = ("kind", "text", "order_number", "name", "email", "phone")
Value = TypeVar("Value")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be sent: at least one address, in its normal form."""

    kind: RequestKind
    text: str
    order_number: str
    name: str
    email: str | None
    phone: str | None

    @property
    def sender(self) -> Address:
        """The address that answers go to: e-mail if there is one."""
        if self.email:
            return Address(Scheme.EMAIL, self.email)
        assert self.phone
        return Address(Scheme.PHONE, self.phone)

    def fields(self) -> dict[str, str]:
        """What the form asked besides name and text, as the message keeps it."""
        asked = {"kind": self.kind.value, "order_number": self.order_number, "phone": self.phone or ""}
        return {name: value for name, value in asked.items() if value}


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Everything typed, fit to be stored and shown again: no NUL, no half characters, one kind of line end."""
    return {name: clean(form.get(name, ""), is_line=name != "text") for name in FIELDS}


def read(values: Mapping[str, str], region: str) -> Request:
    """Check what `typed` gave; *region* is where a phone number without a country is dialled. Raises Invalid."""
    problems = Problems()
    asked = {
        "kind": problems.field("kind", lambda: _kind(values["kind"])),
        "text": problems.field("text", lambda: text(values["text"])),
        "order_number": problems.field("order_number", lambda: _short("order_number", values)),
        "name": problems.field("name", lambda: _name(values)),
        "email": problems.field("email", lambda: _email(values)),
        "phone": problems.field("phone", lambda: _phone(values, region)),
    }
    problems.raise_any()
    return Request(**asked)  # type: ignore[arg-type]


def text(value: str) -> str:
    """The words themselves, of a request or of a reply. Raises ValueError with a sentence."""
    if not value.strip():
        raise ValueError(gettext("Please tell us in a few words what it is about."))
    if len(value) > LONGEST_TEXT:
        raise ValueError(
            gettext(
                "This is %(length)s characters long; at most %(most)s fit. Shorten it, or attach the rest as a file.",
                length=len(value),
                most=LONGEST_TEXT,
            )
        )
    return value


class Problems:
    """The sentences found so far, by field."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def field(self, name: str, check: Callable[[], Value]) -> Value | None:
        """The checked value, or None with the check's sentence noted."""
        try:
            return check()
        except ValueError as error:
            self.fields[name] = str(error)
            return None

    def raise_any(self) -> None:
        """Raise Invalid if there are any."""
        if self.fields:
            raise Invalid(gettext("Please look at what is marked below and send it again."), self.fields)


def clean(value: str, *, is_line: bool = False) -> str:
    """*value* as it can be stored and shown: no NUL, no half characters, one kind of line end (in a line, none)."""
    value = _SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if is_line:
        return _LINE_BREAK.sub(" ", value).strip()
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _kind(value: str) -> RequestKind:
    if value not in RequestKind.__members__:
        raise ValueError(gettext("Choose what it is about; “Something else” is fine."))
    return RequestKind[value]


def _short(name: str, values: Mapping[str, str]) -> str:
    if len(values[name]) > _LONGEST[name]:
        raise ValueError(gettext("This is too long: at most %(most)s characters.", most=_LONGEST[name]))
    return values[name]


def _name(values: Mapping[str, str]) -> str:
    if not values["name"]:
        raise ValueError(gettext("Please tell us your name."))
    return _short("name", values)


def _email(values: Mapping[str, str]) -> str | None:
    value = _short("email", values)
    if not value:
        if not values["phone"]:
            raise ValueError(gettext("Give us an e-mail address or a phone number, so that we can answer."))
        return None
    normal = addresses.email_normal(value)
    if normal is None or "." not in normal.rpartition("@")[2]:
        raise ValueError(gettext("This is not a complete e-mail address. It looks like name@example.com."))
    return normal


def _phone(values: Mapping[str, str], region: str) -> str | None:
    value = _short("phone", values)
    if not value:
        return None
    normal = addresses.phone_normal(value, region)
    if normal is None or len(normal) < _SHORTEST_NUMBER:
        raise ValueError(
            gettext("This is not a complete phone number. Write it with its area code, or with + and the country.")
        )
    return normal
