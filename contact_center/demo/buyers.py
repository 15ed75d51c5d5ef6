"""The demo's customers: people and companies, contact persons, who is who twice, and who is not known yet."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from contact_center.demo import names
from contact_center.demo.names import Firm, Place

UNKNOWN = 0.1  # of the persons: nobody knows them before they write
DETAILED = 0.3  # of the persons: somebody wrote down what they are like


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer to be. `company` is the name of the firm that a contact person works for."""

    name: str
    email: str
    phone: str
    language: str
    city: str
    country: str
    street: str
    postcode: str
    region: str = ""
    is_company: bool = False
    company: str | None = None
    position: str | None = None
    role: str | None = None
    number: str = ""
    status: str = "ACTIVE"  # a word of CustomerStatus
    is_known: bool = True  # in the archive from the beginning
    firm: Firm | None = None
    remarks: tuple[str, ...] = ()
    birthday: str = ""
    more: dict[str, str] = field(default_factory=dict, hash=False)  # further columns of the customers' file

    @property
    def is_chinese(self) -> bool:
        return self.language == "zh"

    @property
    def currency(self) -> str:
        return {"CN": "CNY", "GB": "GBP", "SE": "SEK"}.get(self.country, "EUR")


def draw(total: int, rng: random.Random) -> list[Buyer]:
    """*total* customers: about a third Chinese, every tenth a company, with contact persons for them."""
    made: list[Buyer] = []
    taken: set[str] = set()
    firms = {False: list(names.FIRMS), True: list(names.ZH_FIRMS)}
    numbers = rng.sample(range(20_000, 99_999), total + 1)
    while len(made) < total:
        zh = rng.random() < 0.34
        firm = None
        if firms[zh] and rng.random() < 0.16:
            firm = _firm(firms[zh].pop(0), zh, len(made), rng)
            made.append(firm)
        for _person_of_firm in range(rng.choice((1, 1, 2)) if firm else 1):
            if len(made) < total:
                made.append(_person(zh, rng, taken, len(made), firm))
    return [replace(buyer, number=f"C-{number}") for buyer, number in zip(made, numbers, strict=False)]


def twice(known: list[Buyer]) -> list[Buyer]:
    """Some of them once more, written down by somebody who did not look first."""
    persons = [buyer for buyer in known if buyer.is_known and not buyer.is_company and not buyer.company]
    latin = [buyer for buyer in persons if not buyer.is_chinese][3:5]
    chinese = [buyer for buyer in persons if buyer.is_chinese][2:3]
    copies = [
        replace(buyer, number=f"W-{place}{buyer.number[2:]}", email=f"{place}.{buyer.email}", remarks=(), birthday="")
        for place, buyer in enumerate([*latin, *chinese], 1)
    ]
    return [replace(copy, name=copy.name.translate(_PLAIN), status="PROSPECT") for copy in copies]


def _firm(firm: Firm, zh: bool, number: int, rng: random.Random) -> Buyer:
    place = _place(zh, rng)
    return Buyer(
        firm.name, f"office@firm{number:03d}.example", _phone(place, number), "zh" if zh else "en", place.city,
        place.country, f"{place.street} {rng.randint(1, 120)}", place.postcode, place.region,
        is_company=True, firm=firm,
    )  # fmt: skip


def _person(zh: bool, rng: random.Random, taken: set[str], number: int, firm: Buyer | None) -> Buyer:
    name, place = _name(zh, rng, taken), _place(zh, rng)
    host = rng.choice(("mail.example", "post.example", "home.example", "qmail.example"))
    local = f"kehu{number:03d}" if zh else name.lower().replace(" ", ".").translate(_PLAIN)
    street = f"{place.street} {rng.randint(1, 120)}"
    made = Buyer(
        name, f"{local}@{host}", _phone(place, number), "zh" if zh else "en", place.city, place.country, street,
        place.postcode, place.region,
    )  # fmt: skip
    if firm is None:
        return _detailed(made, zh, rng)
    position, role = rng.choice(names.ZH_POSITIONS if zh else names.POSITIONS)
    return replace(
        made, email=f"{local}@{firm.email.partition('@')[2]}", city=firm.city, country=firm.country,
        street=firm.street, postcode=firm.postcode, region=firm.region, company=firm.name, position=position, role=role,
    )  # fmt: skip


def _detailed(person: Buyer, zh: bool, rng: random.Random) -> Buyer:
    """What else is known of a person: their status, and sometimes what they are like."""
    if rng.random() < UNKNOWN:
        return replace(person, is_known=False, status="PROSPECT")
    person = replace(person, status=rng.choices(("PROSPECT", "ACTIVE", "FORMER"), (10, 80, 10))[0])
    if rng.random() > DETAILED:
        return person
    born = f"{rng.randint(1948, 2001)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return replace(person, birthday=born, remarks=rng.choice(names.ZH_REMARKS if zh else names.REMARKS))


def _name(zh: bool, rng: random.Random, taken: set[str]) -> str:
    while True:
        if zh:
            name = rng.choice(names.ZH_FAMILY) + rng.choice(names.ZH_GIVEN)
        else:
            name = f"{rng.choice(names.FIRST)} {rng.choice(names.LAST)}"
        if name not in taken:
            taken.add(name)
            return name


def _place(zh: bool, rng: random.Random) -> Place:
    return rng.choice(names.ZH_PLACES if zh else names.PLACES)


def _phone(place: Place, number: int) -> str:
    return f"{place.prefix}{number:04d}"


_PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "á": "a", "é": "e", "ø": "o", "å": "a", "í": "i", "ó": "o",
})  # fmt: skip
