"""Writes `table.py`: which elements the official library knows, with their attributes and children.

Run by hand when the library is upgraded: `python -m carrier.twiml.generate`. A test compares its result with the file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from twilio.twiml import TwiML, voice_response

Table = dict[str, tuple[frozenset[str], frozenset[str]]]
SKIPPED = {"add_child", "append", "nest", "to_xml", "xml", "comment", "add_text"}


def _makers(kind: type[Any]) -> Iterator[Callable[..., Any]]:
    """The methods of an element that put another into it."""
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and name not in SKIPPED:
            yield method


def _made(kind: type[Any], maker: Callable[..., Any]) -> Any:
    """What a method makes when every argument is given."""
    parameters = list(inspect.signature(maker).parameters.values())[1:]
    given = {p.name: "1" for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
    parent = object.__new__(kind)
    TwiML.__init__(parent)
    return maker(parent, **given)


def table() -> Table:
    """Every element's name with its attributes and the names of its children."""
    found: dict[str, tuple[set[str], set[str]]] = {"Response": (set(), set())}
    waiting: list[tuple[str, type[Any]]] = [("Response", voice_response.VoiceResponse)]
    seen: set[type[Any]] = set()
    while waiting:
        name, kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        for maker in _makers(kind):
            child = _made(kind, maker)
            found.setdefault(child.name, (set(), set()))[0].update(child.attrs)
            found.setdefault(name, (set(), set()))[1].add(child.name)
            waiting.append((child.name, type(child)))
    return {name: (frozenset(attrs), frozenset(children)) for name, (attrs, children) in sorted(found.items())}


def source() -> str:
    """The text of `table.py`."""
    lines = [
        '"""Which elements TwiML for voice has, with their attributes and children, as the official library has them.',
        "",
        "Written by `carrier.twiml.generate`; do not edit.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "# fmt: off",
        "ELEMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {",
    ]
    for name, (attributes, children) in table().items():
        lines.append(f'    "{name}": (  # attributes, then children')
        lines += [f"        {_words(words)}," for words in (attributes, children)]
        lines.append("    ),")
    return "\n".join([*lines, "}", ""])


def _words(words: frozenset[str]) -> str:
    return f'frozenset("{" ".join(sorted(words))}".split())' if words else "frozenset()"


if __name__ == "__main__":
    Path(__file__).with_name("table.py").write_text(source())
