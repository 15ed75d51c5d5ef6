"""How the portal looks and what it says of the firm: name, logo, colour, telephone, hours; who sees a company's things.

The portal's pages read `current()`, a settings screen changes it. Read on every page, changed a few times a year: kept
in memory for two seconds.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.selfservice import colours
from contact_center.selfservice.models import PortalLook
from contact_center.text.lines import one_line

COMPANY_ROLES = ("Decides", "Buys", "Pays", "决策人", "采购人", "付款人")
OUR_COLOUR = "#2f5bea"
MOST_LOGO_BYTES = 300_000
LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")
_FRESH_FOR = 2.0
_LONGEST = {"name": 60, "name_zh": 60, "phone": 60, "hours": 120, "hours_zh": 120}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Look:
    """The portal's look as it stands."""

    name: str = ""
    name_zh: str = ""
    colour: str = ""
    logo_id: int | None = None
    logo_type: str = ""
    phone: str = ""
    hours: str = ""
    hours_zh: str = ""
    company_roles: tuple[str, ...] = COMPANY_ROLES
    visit_notice_hours: int = 24
    version: int = 0

    @property
    def title(self) -> str:
        """The firm's name in the language of the moment."""
        return (self.name_zh if _is_chinese() else "") or self.name or str(current_app.config["CC"].brand)

    @property
    def open_hours(self) -> str:
        return (self.hours_zh if _is_chinese() else "") or self.hours

    @property
    def shades(self) -> colours.Shades | None:
        """The colour in its shades for light and dark; None: those of the style sheet."""
        return colours.shades(self.colour) if self.colour and self.colour.lower() != OUR_COLOUR else None


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    look: Look = Look()


_known = _Known()


def current() -> Look:
    """The look, at most two seconds old."""
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        row = db.session.get(PortalLook, 1, populate_existing=True)
        _known.look = _look(row) if row else Look()
        _known.read_at = time.monotonic()
    return _known.look


def forget() -> None:
    """Read again at the next call; for whoever has just changed it."""
    _known.read_at = -10.0


def change(agent: Agent, version: int, **typed: Any) -> bool:
    """Change fields of the look; False if nothing differs. Raises Invalid, and Stale if somebody was first."""
    wanted = _cleaned(typed)
    row = _row()
    before = {name: getattr(row, name) for name in wanted}
    changes = {name: [before[name], value] for name, value in wanted.items() if before[name] != value}
    if not changes:
        return False
    if version not in {row.version, 0}:
        difference = {name: (new, old) for name, (old, new) in changes.items()}
        raise Stale(_("Somebody has changed the portal meanwhile."), difference)
    for name, value in wanted.items():
        setattr(row, name, value)
    row.version += 1
    log.record(Name.PORTAL_CHANGED, None, agent, changes=changes)
    forget()
    return True


def set_logo(agent: Agent, file_id: int | None, content_type: str = "") -> None:
    """Show this picture as the logo, or none."""
    row = _row()
    row.logo_id, row.logo_type, row.version = file_id, content_type, row.version + 1
    log.record(Name.PORTAL_CHANGED, None, agent, changes={"logo": [None, file_id]})
    forget()


def _row() -> PortalLook:
    new = insert(PortalLook).values(id=1, company_roles=list(COMPANY_ROLES))
    db.session.execute(new.on_conflict_do_nothing())
    return db.session.get_one(PortalLook, 1, with_for_update=True, populate_existing=True)


def _look(row: PortalLook) -> Look:
    return Look(
        row.name, row.name_zh, row.colour, row.logo_id, row.logo_type, row.phone, row.hours, row.hours_zh,
        tuple(row.company_roles), row.visit_notice_hours, row.version,
    )  # fmt: skip


def _cleaned(typed: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in typed.items():
        try:
            cleaned[name] = _clean(name, value)
        except ValueError as error:
            wrong[name] = str(error)
    Invalid.raise_for(wrong)
    return cleaned


def _clean(name: str, value: Any) -> Any:
    if name == "colour":
        return _clean_colour(str(value).strip())
    if name == "company_roles":
        return list(dict.fromkeys(filter(None, (one_line(role, 100) for role in str(value).splitlines()))))
    if name == "visit_notice_hours":
        if not (str(value).isdecimal() and int(value) <= 336):
            raise ValueError(_("A number of hours from 0 to 336."))
        return int(value)
    return one_line(value, _LONGEST[name])


def _clean_colour(value: str) -> str:
    if not value or value.lower() == OUR_COLOUR:
        return ""
    if not _COLOUR.fullmatch(value):
        raise ValueError(_("A colour is written like #2f5bea."))
    if colours.contrast(value, "#ffffff") < 4.5:
        raise ValueError(_("White words cannot be read on this colour: choose a darker one."))
    return value.lower()


def _is_chinese() -> bool:
    return str(get_locale() or "").startswith("zh")
