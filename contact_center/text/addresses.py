"""Normal forms, so that one address is one row: e-mail lower-cased and IDN-safe, phone numbers in E.164.

Called wherever an address enters: channels, screens, imports. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import idna
import phonenumbers


class Scheme(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True)
class Address:
    """A way to reach somebody, in its normal form."""

    scheme: Scheme
    value: str


# RFC 5321 §4.5.3.1: local part 64 octets, domain 255, whole path 254.
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]{1,64}")
_ASCII_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str | None:
    domain = domain.lower().rstrip(".")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return domain if _ASCII_DOMAIN.fullmatch(domain) else None


def email_normal(value: str) -> str | None:
    """The normal form of an e-mail address, or None if it cannot be one. A plus-tag is kept."""
    local, at, domain = value.strip().rpartition("@")
    if not at or len(value) > 320 or not _LOCAL.fullmatch(local):
        return None
    ascii_domain = _ascii_domain(domain)
    return f"{local.lower()}@{ascii_domain}" if ascii_domain else None


def phone_normal(value: str, region: str) -> str | None:
    """The E.164 form of a phone number dialled from *region* (ISO 3166), or None if no such number can exist.

    Withheld callers ("anonymous", "+266696687" and the like) are None: they never match anybody.
    """
    if value.strip().lower() in _WITHHELD:
        return None
    number = _whole(value)
    try:
        number = number or phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if formatted in _WITHHELD else formatted


def phone_parts(e164: str) -> phonenumbers.PhoneNumber | None:
    """A normal form taken apart, if possible without the pains of reading what somebody typed; None if it is none."""
    if (number := _taken_apart(e164)) is not None:
        return number
    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None


def may_be_mobile(e164: str) -> bool:
    """Whether texts reach that number, as far as its country's plan tells: some countries do not tell the two apart."""
    parts = phone_parts(e164)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return parts is not None and phonenumbers.number_type(parts) in kinds


def _whole(typed: str) -> phonenumbers.PhoneNumber | None:
    """A number typed with + and its country, and no more than that: most of what other systems hand over."""
    return _taken_apart(typed.translate(_BETWEEN)) if _PLAIN.fullmatch(typed) else None


def _taken_apart(e164: str) -> phonenumbers.PhoneNumber | None:
    digits = e164[1:]
    if not e164.startswith("+") or digits.startswith("0") or not digits.isdigit() or not digits.isascii():
        return None
    code = next((digits[:n] for n in (1, 2, 3) if int(digits[:n]) in _COUNTRY_CODES), "")
    national = digits[len(code) :]
    if not code or _has_prefix(int(code), national):
        return None
    zeros = len(national) - len(national.lstrip("0"))
    return phonenumbers.PhoneNumber(
        country_code=int(code), national_number=int(national or 0), italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )  # fmt: skip


def _has_prefix(country_code: int, national: str) -> bool:
    """Whether a number seems to keep what one dials before it at home, as in +49 (0)40."""
    dialled = _dialled_first(country_code)
    return dialled is None or (bool(dialled) and re.match(dialled, national) is not None)


@lru_cache(maxsize=512)
def _dialled_first(country_code: int) -> str | None:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        country_code, phonenumbers.region_code_for_country_code(country_code)
    )
    return (metadata.national_prefix_for_parsing or "") if metadata else None


_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_PLAIN = re.compile(r"\s*\+[0-9][0-9 ().-]{5,20}\s*", re.ASCII)
_BETWEEN = str.maketrans("", "", " ().-\t\r\n\v\f")

# Carriers spell "withheld" in words, or as the keypad letters of ANONYMOUS, RESTRICTED, UNKNOWN, UNAVAILABLE.
_WITHHELD = frozenset(
    {"", "anonymous", "restricted", "unknown", "unavailable", "private", "withheld"}
    | {"+266696687", "+7378742833", "+8656696", "+86282452253", "+2562533", "+464"}
)


def phone_display(e164: str, region: str) -> str:
    """How a person in *region* would write the number: national at home, international abroad."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(number) == region
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def email_display(normal: str) -> str:
    """The address as its owner writes it: punycode domains back in their own script."""
    local, _, domain = normal.rpartition("@")
    if "xn--" not in domain:
        return normal
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return normal
