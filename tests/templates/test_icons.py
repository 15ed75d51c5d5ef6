"""Every icon that a template names is in the list that becomes the style sheet, else it would be an empty square."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

TEMPLATES = Path("contact_center/templates")
CSS = Path("frontend/css")
ENV = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def listed(sheet: str) -> set[str]:
    return set(re.findall(r"^\.icon-([a-z0-9-]+)\{", (CSS / sheet).read_text(), re.MULTILINE))


@cache
def parameters() -> dict[str, list[str]]:
    """Macro name -> its parameters, for the macros that take an icon."""
    tree = ENV.parse((TEMPLATES / "_macros.html").read_text())
    return {macro.name: [arg.name for arg in macro.args] for macro in tree.find_all(nodes.Macro)}


def icons_in(template: Path) -> Iterator[str]:
    known = parameters()
    tree = ENV.parse(template.read_text())
    for call in tree.find_all(nodes.Call):
        macro = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        wanted = "name" if macro == "icon" else "icon_name"
        given = dict(zip(known.get(macro, []), call.args, strict=False)) | {kw.key: kw.value for kw in call.kwargs}
        if wanted in known.get(macro, []) and wanted in given:
            yield from words(given[wanted])


def words(value: nodes.Expr) -> Iterator[str]:
    """The names an argument may have: its own, or those of both branches of a condition."""
    if isinstance(value, nodes.CondExpr):
        for branch in (value.expr1, value.expr2):
            if branch is not None:
                yield from words(branch)
    elif isinstance(value, nodes.Const) and value.value:
        yield str(value.value)


def missing(templates: list[Path], sheet: str) -> set[str]:
    return {icon for template in templates for icon in icons_in(template)} - listed(sheet)


def test_it_finds_the_icons_of_a_template() -> None:
    assert {"menu-2", "headset", "search"} <= set(icons_in(TEMPLATES / "desk" / "layout.html"))


def test_the_desk_has_all_its_icons() -> None:
    assert not missing([path for path in TEMPLATES.rglob("*.html") if "portal" not in path.parts], "icons.css")


def test_the_portal_has_all_its_icons() -> None:
    assert not missing(list((TEMPLATES / "portal").rglob("*.html")), "icons-portal.css")
