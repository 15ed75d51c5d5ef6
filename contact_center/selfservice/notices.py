"""Notices and promotions on the portal: who sees which on a day, and a settings screen's verbs. Verbs never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Text, any_, func, literal, or_, select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.selfservice.models import Notice
from contact_center.text.lines import one_line, several_lines

_LONGEST = {"title": 120, "title_zh": 120, "text": 4000, "text_zh": 4000}


def shown(tier: str | None = None, *, is_signed_in: bool = False) -> list[Notice]:
    """What is to be read today: what is for everybody, and for who is signed in what is for their tier."""
    today = accounts.today()
    theirs = literal(tier or "D", Text) == any_(Notice.tiers) if is_signed_in else literal(value=False)
    asked = select(Notice).where(Notice.from_on <= today, Notice.until_on >= today)
    asked = asked.where(or_(func.cardinality(Notice.tiers) == 0, theirs))
    return list(db.session.scalars(asked.order_by(Notice.position, Notice.id).limit(50)))


def title(notice: Notice) -> str:
    """The title in the language of the moment."""
    return (notice.title_zh if _is_chinese() else "") or notice.title


def text(notice: Notice) -> str:
    """The words in the language of the moment."""
    return (notice.text_zh if _is_chinese() else "") or notice.text


def listed() -> list[Notice]:
    """All of them, in their order."""
    return list(db.session.scalars(select(Notice).order_by(Notice.position, Notice.id)))


def add(agent: Agent, **typed: Any) -> Notice:
    """Write a new one, at the end. Raises Invalid."""
    notice = Notice(**_cleaned(typed), position=rows.last_position(Notice))
    db.session.add(notice)
    db.session.flush()
    log.record(Name.NOTICE_CHANGED, notice, agent, what="added", title=notice.title)
    return notice


def change(notice: Notice, agent: Agent, **typed: Any) -> bool:
    """Write it anew; False if nothing differs. Raises Invalid."""
    wanted = _cleaned(typed)
    changes = {n: [_plain(getattr(notice, n)), _plain(v)] for n, v in wanted.items() if getattr(notice, n) != v}
    if not changes:
        return False
    for name, value in wanted.items():
        setattr(notice, name, value)
    log.record(Name.NOTICE_CHANGED, notice, agent, what="changed", title=notice.title, changes=changes)
    return True


def remove(notice: Notice, agent: Agent) -> None:
    """Take it down for good."""
    log.record(Name.NOTICE_CHANGED, notice, agent, what="removed", title=notice.title)
    db.session.delete(notice)


def move(notice: Notice, by: int, agent: Agent) -> None:
    """One place up or down."""
    if rows.move(notice, by):
        log.record(Name.NOTICE_CHANGED, notice, agent, what="moved", title=notice.title)


def _cleaned(typed: Mapping[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    cleaned: dict[str, Any] = {"is_promotion": bool(typed.get("is_promotion"))}
    for name, longest in _LONGEST.items():
        clean = one_line if name.startswith("title") else several_lines
        try:
            cleaned[name] = clean(typed.get(name, ""), longest)
        except ValueError as error:
            wrong[name] = str(error)
    if not cleaned.get("title") and "title" not in wrong:
        wrong["title"] = str(_("Write a title."))
    cleaned["tiers"] = [tier for tier in TIERS if tier in typed.get("tiers", ())]
    for name in ("from_on", "until_on"):
        cleaned[name] = _day(typed.get(name, ""), name, wrong)
    if not wrong and cleaned["until_on"] < cleaned["from_on"]:
        wrong["until_on"] = str(_("It ends before it begins."))
    Invalid.raise_for(wrong)
    return cleaned


def _day(typed: Any, name: str, wrong: dict[str, str]) -> date:
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        wrong[name] = str(_("Choose a day."))
        return date.min


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _is_chinese() -> bool:
    return str(get_locale() or "").startswith("zh")
