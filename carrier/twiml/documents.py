"""Reads a TwiML document, strictly: what the real carrier would not understand is an error with its code.

Sources: "TwiML for Programmable Voice"; errors 12100 (document parse failure), 12200 (schema validation).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree as ET

from carrier.errors import TwimlError
from carrier.twiml import contexts, values
from carrier.twiml.contexts import Context
from carrier.twiml.table import ELEMENTS

SPOKEN = frozenset({"Say"})  # holds SSML, of which only the text matters here


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: a verb or a noun."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        """An attribute's value as a whole number."""
        text = self.attributes.get(name, "")
        return int(text) if text.isdigit() else default

    def flag(self, name: str, default: bool = False) -> bool:
        """An attribute's value as yes or no."""
        return self.attributes.get(name, "true" if default else "false") == "true"


@dataclass(frozen=True, slots=True)
class Document:
    """What the application answered: its verbs, and its own address, to which relative ones are read."""

    url: str
    verbs: tuple[Verb, ...]


@lru_cache(1024)
def parse(body: str, context: Context = Context.CALL) -> tuple[Verb, ...]:
    """The verbs of a document."""
    root = _root(body)
    if root.tag != "Response":
        raise TwimlError(12100, f"the document begins with <{root.tag}>, not with <Response>")
    if (root.text or "").strip():
        raise TwimlError(12100, f"there is text beside the verbs: {(root.text or '').strip()!r}")
    return tuple(_top(child, context) for child in root)


def _root(body: str) -> ET.Element:
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise TwimlError(12100, "a document type is not allowed")
    try:
        return ET.fromstring(body)  # noqa: S314 - entities were refused above, and the text is the application's own
    except ET.ParseError as error:
        raise TwimlError(12100, f"not well-formed: {error}") from error


def _top(element: ET.Element, context: Context) -> Verb:
    if element.tag not in ELEMENTS:
        raise TwimlError(12200, f"<{element.tag}> is not TwiML")
    if element.tag not in contexts.EMULATED:
        raise TwimlError(12200, f"<{element.tag}> is not emulated")
    if element.tag not in contexts.TOP[context]:
        raise TwimlError(12200, f"<{element.tag}> may not stand in {context.value}")
    return _verb(element)


def _verb(element: ET.Element) -> Verb:
    known, _ = ELEMENTS[element.tag]
    for name in element.attrib:
        if name not in known:
            raise TwimlError(12200, f"<{element.tag}> has no attribute {name!r}")
        if name in contexts.WITHOUT_EFFECT.get(element.tag, frozenset()):
            raise TwimlError(12200, f"{name} of <{element.tag}> is not emulated")
    values.check(element.tag, element.attrib)
    if element.tag in SPOKEN:
        return Verb(element.tag, element.attrib, "".join(element.itertext()).strip())
    children = tuple(_child(element, child) for child in element)
    if (element[-1].tail or "").strip() if len(element) else False:
        raise TwimlError(12200, f"there is text after the last element of <{element.tag}>")
    return Verb(element.tag, element.attrib, (element.text or "").strip(), children)


def _child(parent: ET.Element, child: ET.Element) -> Verb:
    if child.tag not in ELEMENTS[parent.tag][1]:
        raise TwimlError(12200, f"<{child.tag}> may not stand in <{parent.tag}>")
    if child.tag not in contexts.NESTED.get(parent.tag, frozenset()):
        raise TwimlError(12200, f"<{child.tag}> in <{parent.tag}> is not emulated")
    return _verb(child)
