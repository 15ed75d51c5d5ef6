"""What the demo's people are good at, how its queues are served, and the rules by which requests find their queue.

Set up by the verbs that the settings' pages call; `installing` does it before the year begins.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calendars.settings import Wanted
from contact_center.demo import people
from contact_center.extensions import db
from contact_center.queues import settings, skills
from contact_center.queues.models import Queue, Skill, WrapUp
from contact_center.routing import rules

SKILLS = ("English", "Deutsch", "Español", "普通话", "粤语", "Fridges", "Washing machines", "Invoices")
LEVELS = {
    "Ada Brandt": {"English": 5, "Deutsch": 5, "Fridges": 4, "Washing machines": 3, "Invoices": 3},
    "Jonas Krüger": {"Deutsch": 5, "English": 4, "Washing machines": 5, "Fridges": 2},
    "Nora Hansen": {"English": 5, "Deutsch": 3, "Fridges": 3},
    "Luis Moreno": {"Español": 5, "English": 4, "Invoices": 5},
    "陈悦": {"普通话": 5, "English": 4, "粤语": 3, "Fridges": 3},
    "李伟": {"普通话": 5, "粤语": 5, "Washing machines": 4},
}
MEMBERS = {  # queue -> the members who are not of the usual level there
    "Service e-mail": {"Ada Brandt": 5, "Nora Hansen": 4},
    "Parts and returns": {"Jonas Krüger": 5, "李伟": 4},
    "Invoices": {"Luis Moreno": 5, "Ada Brandt": 2},
    "中文客服": {"陈悦": 5},
}
EASING = [{"after": 120, "lower": 1}, {"after": 360, "anyone": True}]
WASHING = "washing machine, W9 Pro, 洗衣机"
_DAY, _LONG = (8 * 60, 18 * 60), (9 * 60, 20 * 60)
CALENDARS = (  # name, zone, country, state, hours of a working day, of a Saturday
    ("Hamburg", "Europe/Berlin", "DE", "HH", (_DAY,), ((9 * 60, 13 * 60),)),
    ("上海", "Asia/Shanghai", "CN", None, ((9 * 60, 12 * 60), (13 * 60, 18 * 60)), (_LONG,)),
)


def set_up(administrator: Agent) -> None:
    """Write all of it."""
    places = _open_calendars(administrator)
    known = {name: skills.add(name, administrator).id for name in SKILLS}
    ids = {agent.name: agent.id for agent in db.session.scalars(select(Agent))}
    wanted = {(ids[name], known[skill]): level for name, has in LEVELS.items() for skill, level in has.items()}
    skills.set_levels(wanted, {}, administrator)
    queues = {queue.name: queue for queue in settings.listed()}
    for name, queue in queues.items():
        settings.set_levels(queue.id, {ids[who]: n for who, n in MEMBERS.get(name, {}).items()}, administrator)
        served = _served(name, known, places, {other.name: other.id for other in queues.values()})
        settings.change(queue, administrator, queue.version, name=name, team_id=queue.team_id, **served)


def set_rules(administrator: Agent, mailboxes: dict[str, int]) -> None:
    """Chinese requests go to who reads Chinese; mails about washing machines to who knows them."""
    queue_id = db.session.scalars(select(Queue.id).where(Queue.name == "中文客服")).one()
    skill_id = db.session.scalars(select(Skill.id).where(Skill.name == "Washing machines")).one()
    chinese = {"channels": ["web"], "languages": ["zh"], "queue_id": queue_id}
    washing = {"places": [mailboxes[f"support@{people.DOMAIN}"]], "words": WASHING, "asks": {skill_id: 4}}
    for name, rule in (("Web requests in Chinese 中文网页请求", chinese), ("Washing machines 洗衣机", washing)):
        rules.add(rules.read({"name": name, "is_active": True, **rule}), administrator)


def _open_calendars(administrator: Agent) -> dict[str, int]:
    opened = {}
    for name, zone, country, state, working_day, saturday in CALENDARS:
        slots = {(day, begins, ends) for day in range(5) for begins, ends in working_day}
        slots |= {(5, begins, ends) for begins, ends in saturday}
        opened[name] = calendars.create(Wanted(name, zone, country, state, frozenset(slots)), administrator).id
    return opened


def _served(name: str, known: dict[str, int], places: dict[str, int], queues: dict[str, int]) -> dict[str, Any]:
    """How one queue is served."""
    usual: dict[str, Any] = {
        "calendar_id": places["上海" if name == "中文客服" else "Hamburg"],
        "target_seconds": 4 * 3600,
    }
    match name:
        case "Service e-mail":
            return usual | {
                "asks": {str(known["English"]): 4},
                "easing": EASING,
                "wrap_up": WrapUp.OPTIONAL,
            }
        case "中文客服":
            return usual | {
                "asks": {str(known["普通话"]): 4},
                "easing": EASING,
                "overflow": [_over(2 * 3600, queues["Web requests"])],
                "target_percent": 90,
            }
        case "Invoices":
            asks = {str(known["Invoices"]): 3}
            return usual | {"asks": asks, "easing": [{"after": 1800, "anyone": True}], "head_start_minutes": -10}
        case "Web requests":
            sorry = {
                "when": "expected_wait", "at": 6 * 3600, "to": "message",
                "text": "We have more to do than usual and answer within one working day. Thank you for your patience.",
                "text_zh": "目前请求较多，我们将在一个工作日内回复您。感谢您的耐心等待。",
            }  # fmt: skip
            wrap_up = {"wrap_up": WrapUp.TIMEOUT, "wrap_up_seconds": 60}
            return usual | wrap_up | {"overflow": [sorry, _over(8 * 3600, queues["Service e-mail"])], "max_size": 200}
    return usual


def _over(seconds: int, queue_id: int) -> dict[str, Any]:
    return {"when": "wait", "at": seconds, "to": "queue", "queue_id": queue_id}
