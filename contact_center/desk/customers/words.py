"""What customers' states, sources and changes are called on screen; templates use these as filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import current_app, g
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

from contact_center.agents.models import initials
from contact_center.customers import custom, records
from contact_center.customers.history import Entry
from contact_center.customers.models import ContactPoint, CustomField
from contact_center.customers.points import Proof
from contact_center.desk.customers.archive_words import colour_word, consent_word, custom_word, way_word
from contact_center.events.names import Name
from contact_center.text.addresses import Scheme, email_display, phone_display


def kind_word(kind: str) -> str:
    return {"PERSON": _("Person"), "COMPANY": _("Company")}.get(kind, kind)


def status_word(status: str) -> str:
    return {"PROSPECT": _("Prospect"), "ACTIVE": _("Active"), "FORMER": _("Former customer")}.get(status, status)


def likeness_word(word: dict[str, Any]) -> str:
    """One reason for or against two customers being one."""
    value = str(word.get("value") or "")
    return {
        "same_email": _("same e-mail address %(value)s", value=address_word(value)),
        "same_phone": _("same phone number %(value)s", value=address_word(value)),
        "shared_by_many": _("%(value)s, which many share", value=address_word(value)),
        "same_name": _("same name"),
        "like_name": _("similar name"),
        "other_name": _("different names"),
        "other_first_name": _("different first names"),
        "same_address": _("same address %(value)s", value=value),
        "same_place": _("same place %(value)s", value=value),
        "same_birthday": _("same birthday"),
        "other_birthday": _("different birthdays"),
        "same_company": _("same company"),
        "same_account": _("same bank account"),
        "two_numbers": _("two customer numbers"),
        "other_kind": _("a person and a company"),
        "verified_apart": _("verified addresses differ"),
    }.get(str(word.get("reason")), value)


def field_word(name: str) -> str:
    if name.startswith(custom.PREFIX):
        field = _own_fields().get(name.removeprefix(custom.PREFIX))
        return custom.label(field) if field else name.removeprefix(custom.PREFIX)
    return str(_FIELDS.get(name, name))


_FIELDS = {
    "name": lazy("Name"),
    "kind": lazy("Kind"),
    "status": lazy("Status"),
    "company_id": lazy("Company"),
    "position": lazy("Position"),
    "role": lazy("Role"),
    "language": lazy("Language"),
    "time_zone": lazy("Time zone"),
    "street": lazy("Street"),
    "postcode": lazy("Postcode"),
    "city": lazy("City"),
    "country": lazy("Country"),
    "region": lazy("Region"),
    "birthday": lazy("Birthday"),
    "education": lazy("Education"),
    "family": lazy("Family"),
    "work": lazy("Work"),
    "interests": lazy("Interests"),
    "personality": lazy("Personality"),
    "nature": lazy("Nature of the company"),
    "industry": lazy("Industry"),
    "scale": lazy("Size"),
    "business": lazy("Line of business"),
    "bank_account": lazy("Bank account"),
    "about": lazy("About"),
    "owner_id": lazy("Owner"),
    "external_id": lazy("Customer number"),
    "contact_person": lazy("Contact person"),
    "label": lazy("Label"),
    "is_preferred": lazy("Preferred"),
    "is_pinned": lazy("Pinned"),
    "verified_at": lazy("Verified"),
    "verified_by": lazy("Verified by"),
    "bounced_at": lazy("Bounced"),
    "bounce_reason": lazy("Reason"),
    "text": lazy("Text"),
}


def language_word(code: str | None) -> str:
    """A language's name in the reader's language; the code itself if nobody knows it."""
    if not code:
        return ""
    try:
        return str(Locale.parse(code, sep="_").get_display_name(get_locale()) or code)
    except (UnknownLocaleError, ValueError):
        return code


def country_word(code: str | None) -> str:
    """A country's name in the reader's language."""
    return str(get_locale().territories.get(code, code)) if code else ""


def point_word(point: ContactPoint) -> str:
    """An address as its owner writes it; numbers as one dials them from here."""
    return address_word(point.value)


def address_word(value: str) -> str:
    """The same for a bare normal form."""
    if "@" in value:
        return email_display(value)
    return phone_display(value, current_app.config["CC"].default_region) if value.startswith("+") else value


def point_link(point: ContactPoint) -> str:
    return f"tel:{point.value}" if point.scheme is Scheme.PHONE else f"mailto:{point.value}"


def proof_word(proof: str | None) -> str:
    return {
        Proof.CALLED: _("We called and they answered"),
        Proof.ANSWERED: _("They answered a message there"),
        Proof.DOCUMENT: _("On an order or a contract"),
        Proof.IN_PERSON: _("In person"),
        "code": _("By a code sent there"),
        "link": _("By a link sent there"),
    }.get(proof or "", proof or "")


def source_word(source: str) -> str:
    return {
        "MESSAGE": _("from a message"),
        "FORM": _("from a web request"),
        "AGENT": _("added by an agent"),
        "IMPORT": _("imported"),
    }.get(source, source)


def story(entry: Entry) -> str:
    """What happened, to be read after the name of who did it."""
    data = entry.data
    value = address_word(str(data.get("value") or ""))
    if entry.name is Name.CUSTOMER_OPENED:
        return _("restored this customer") if data.get("restored") else _("created this customer")
    if entry.name is Name.CONTACT_POINT_ADDED and data.get("restored"):
        return _("restored %(value)s", value=value)
    return {
        Name.CUSTOMER_CHANGED: _("changed the details"),
        Name.CUSTOMER_VIEWED: _("viewed this customer"),
        Name.CUSTOMER_NOTED: _("restored a note") if data.get("restored") else _("wrote a note"),
        Name.CUSTOMER_NOTE_CHANGED: _("changed a note"),
        Name.CUSTOMER_NOTE_REMOVED: _("removed a note"),
        Name.CONTACT_POINT_ADDED: _("added %(value)s", value=value),
        Name.CONTACT_POINT_CHANGED: _("changed %(value)s", value=value),
        Name.CONTACT_POINT_REMOVED: _("removed %(value)s", value=value),
        Name.CONTACT_POINT_VERIFIED: _("verified %(value)s", value=value),
        Name.CONTACT_POINT_BOUNCED: _("noted that mail to %(value)s bounced", value=value),
        Name.PROMPT_ANSWERED: _told_of_prompt(data),
    }.get(entry.name) or _told_of_files(entry)


def _told_of_prompt(data: dict[str, Any]) -> str:
    name = str(data.get("prompt") or "–")
    if data.get("undone"):
        return _("took back the answer to the prompt “%(name)s”", name=name)
    if data.get("answer") == "REFUSED":
        return _("put the prompt “%(name)s” away as not wanted", name=name)
    return _("did what the prompt “%(name)s” says", name=name)


def _told_of_files(entry: Entry) -> str:
    data = entry.data
    about = {"purpose": consent_word(data.get("purpose", "")), "channel": way_word(data.get("channel", ""))}
    file, other = str(data.get("file") or ""), str(data.get("called") or "")
    return {
        Name.CONSENT_GIVEN: _("noted a consent: %(purpose)s, %(channel)s", **about),
        Name.CONSENT_WITHDRAWN: _("noted a refusal: %(purpose)s, %(channel)s", **about),
        Name.DOCUMENT_ADDED: _("added the document %(name)s", name=file),
        Name.DOCUMENT_CHANGED: _("described the document %(name)s", name=file),
        Name.DOCUMENT_REMOVED: _("removed the document %(name)s", name=file),
        Name.CUSTOMER_MERGED: _("merged %(name)s into this customer", name=other),
        Name.CUSTOMER_UNMERGED: _("undid the merge with %(name)s", name=other),
        Name.DUPLICATE_DISMISSED: _("noted that %(name)s is somebody else", name=other),
        Name.DUPLICATE_REVIVED: _("took back that %(name)s is somebody else", name=other),
    }.get(entry.name, str(entry.name))


def changes(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """The fields that changed: (name, old, new) in words; empty values are empty."""
    spoken = entry.data.get("words", {})
    for field, pair in entry.data.get("changes", {}).items():
        old, new = spoken.get(field, pair)
        yield field_word(field), in_words(old, field), in_words(new, field)


def in_words(value: Any, field: str) -> str:
    """A field's stored value in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "birthday":
        return format_date(date.fromisoformat(str(value)), "long")
    if field.startswith(custom.PREFIX):
        own = _own_fields().get(field.removeprefix(custom.PREFIX))
        return custom_word(value, own) if own else str(value)
    if field.endswith("_at"):
        return str(current_app.jinja_env.filters["when"](datetime.fromisoformat(value)))
    speak = _VALUES.get(field)
    return speak(value) if speak else str(value)


def _own_fields() -> dict[str, CustomField]:
    """All definitions, deactivated ones too, read once a request."""
    if "own_fields" not in g:
        g.own_fields = {field.key: field for field in custom.listed()}
    known: dict[str, CustomField] = g.own_fields
    return known


_VALUES: dict[str, Callable[[str], str]] = {
    "kind": kind_word,
    "status": status_word,
    "language": language_word,
    "country": country_word,
    "verified_by": proof_word,
}
FILTERS: dict[str, Callable[..., Any]] = {
    "kind_word": kind_word,
    "colour_word": colour_word,
    "consent_word": consent_word,
    "custom_word": custom_word,
    "field_value": records.value_of,
    "likeness_word": likeness_word,
    "way_word": way_word,
    "status_word": status_word,
    "field_word": field_word,
    "in_words": in_words,
    "initials": initials,
    "language_word": language_word,
    "country_word": country_word,
    "point_word": point_word,
    "point_link": point_link,
    "address_word": address_word,
    "proof_word": proof_word,
    "source_word": source_word,
    "story": story,
    "changes": changes,
}
