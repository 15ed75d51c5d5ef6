"""How likely two customers are one and the same: points for what speaks for it and against it, each with its reason.

Called by `duplicates`. Pure: it compares what it is given, and an address that half the town has is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from contact_center.text import tokens

THRESHOLD = 50  # fewer points are not worth a person's look
CERTAIN = 99  # nothing is certain
_MANY = 4  # customers with one address: a switchboard, a shared mailbox


class Reason(StrEnum):
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SHARED_BY_MANY = "shared_by_many"
    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"
    OTHER_NAME = "other_name"
    OTHER_FIRST_NAME = "other_first_name"
    SAME_ADDRESS = "same_address"
    SAME_PLACE = "same_place"
    SAME_BIRTHDAY = "same_birthday"
    OTHER_BIRTHDAY = "other_birthday"
    SAME_COMPANY = "same_company"
    SAME_ACCOUNT = "same_account"
    TWO_NUMBERS = "two_numbers"
    OTHER_KIND = "other_kind"
    VERIFIED_APART = "verified_apart"


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of a customer. `points` tells how many customers have each address, and if it is verified."""

    id: int
    kind: str
    name: str
    company_id: int | None = None
    external_id: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    birthday: date | None = None
    bank_account: str | None = None
    points: Mapping[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Word:
    """One reason with its points, and the value that it speaks of."""

    reason: Reason
    points: int
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"reason": self.reason, "points": self.points, "value": self.value}


@dataclass(frozen=True, slots=True)
class Likeness:
    score: int
    words: tuple[Word, ...]


def compare(left: Record, right: Record) -> Likeness:
    """The score of a pair, at most CERTAIN, and the reasons, the weightiest first."""
    words = [*_points(left, right), *_names(left, right), *_places(left, right), *_facts(left, right)]
    words.sort(key=lambda word: -abs(word.points))
    return Likeness(max(0, min(CERTAIN, sum(word.points for word in words))), tuple(words))


def _points(left: Record, right: Record) -> Iterable[Word]:
    common = sorted(left.points.keys() & right.points.keys())
    for place, (scheme, value) in enumerate(common):
        owners, ours = left.points[scheme, value]
        _owners, theirs = right.points[scheme, value]
        if owners > _MANY:
            yield Word(Reason.SHARED_BY_MANY, 10, value)
            continue
        points = (45 + 10 * (ours + theirs)) if place == 0 else 15
        yield Word(Reason.SAME_EMAIL if scheme == "EMAIL" else Reason.SAME_PHONE, points, value)
    if not common and _verified(left) and _verified(right):
        yield Word(Reason.VERIFIED_APART, -15)


def _verified(record: Record) -> bool:
    return any(is_verified for _owners, is_verified in record.points.values())


def _names(left: Record, right: Record) -> Iterable[Word]:
    ours, theirs = folded_name(left.name), folded_name(right.name)
    ratio = fuzz.token_sort_ratio(ours, theirs)
    if ratio >= 96:
        yield Word(Reason.SAME_NAME, 35, right.name)
    elif left.kind == right.kind == "PERSON" and _differs_in_first_name(ours.split(), theirs.split()):
        yield Word(Reason.OTHER_FIRST_NAME, -30, right.name)
    elif ratio >= 84:
        yield Word(Reason.LIKE_NAME, 25, right.name)
    elif fuzz.token_set_ratio(ours, theirs) >= 96:
        yield Word(Reason.LIKE_NAME, 15, right.name)
    elif ratio < 55:
        yield Word(Reason.OTHER_NAME, -25, right.name)


def _differs_in_first_name(ours: list[str], theirs: list[str]) -> bool:
    """Greta and Nils Lindqvist: one family, two people. Greta and G. Lindqvist may be one."""
    if len(ours) < 2 or len(theirs) < 2 or not set(ours) & set(theirs):
        return False
    left, right = [w for w in ours if w not in theirs], [w for w in theirs if w not in ours]
    if not left or not right:
        return False
    a, b = left[0], right[0]
    return not (a.startswith(b) or b.startswith(a)) and fuzz.ratio(a, b) < 70


def _places(left: Record, right: Record) -> Iterable[Word]:
    ours, theirs = folded(left.street or ""), folded(right.street or "")
    same_code = bool(left.postcode) and folded(left.postcode or "") == folded(right.postcode or "")
    same_city = bool(left.city) and folded(left.city or "") == folded(right.city or "")
    same_house = _numbers(ours) == _numbers(theirs)
    if ours and theirs and (same_code or same_city) and same_house and fuzz.ratio(ours, theirs) >= 84:
        yield Word(Reason.SAME_ADDRESS, 25, f"{right.street}, {right.postcode or right.city}")
    elif same_code or same_city:
        yield Word(Reason.SAME_PLACE, 8, (right.postcode if same_code else right.city) or "")


def _numbers(street: str) -> list[str]:
    return re.findall(r"\d+", street)


def _facts(left: Record, right: Record) -> Iterable[Word]:
    if left.birthday and right.birthday:
        same = left.birthday == right.birthday
        yield Word(Reason.SAME_BIRTHDAY, 25) if same else Word(Reason.OTHER_BIRTHDAY, -40)
    if left.company_id and left.company_id == right.company_id:
        yield Word(Reason.SAME_COMPANY, 15)
    if left.bank_account and left.bank_account == right.bank_account:
        yield Word(Reason.SAME_ACCOUNT, 40, left.bank_account)
    if left.external_id and right.external_id:
        yield Word(Reason.TWO_NUMBERS, -10, right.external_id)
    if left.kind != right.kind:
        yield Word(Reason.OTHER_KIND, -10)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Letters and digits only, without accents and case."""
    return " ".join(tokens.runs(text))


@lru_cache(maxsize=4096)
def folded_name(name: str) -> str:
    """A name without titles and legal forms; a Chinese one without 有限公司."""
    plain = _LEGAL_ZH.sub("", folded(name))
    words = [word for word in plain.split() if word not in _FORMS]
    return " ".join(words) or folded(name)


_FORMS = frozenset(
    "gmbh ag kg ohg ug se co ltd limited llc inc incorporated corp corporation plc llp sa sas sarl srl spa bv nv ab as "
    "oy oyj aps mbh ev kgaa pty the mr mrs ms dr prof herr frau".split()
)
_LEGAL_ZH = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|集团|公司|先生|女士|小姐)$")
