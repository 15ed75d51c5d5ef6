"""A number's calls in words: what its prompts are for, what callers go through, and how far a test call has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, pgettext
from flask_babel import gettext as _

from contact_center import clock, rows
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar
from contact_center.calls.lines import Does, Line
from contact_center.calls.models import CallState
from contact_center.calls.trials import CallTrial
from contact_center.calls.wording import Prompt
from contact_center.extensions import db
from contact_center.queues import overflow
from contact_center.queues.models import Queue
from contact_center.selfservice import hours_said

FIRST = (Prompt.GREETING, Prompt.CLOSED, Prompt.WAITING, Prompt.VOICEMAIL)  # the others are folded away


@dataclass(frozen=True, slots=True)
class About:
    """A prompt on the settings page: its name, when it is heard, what is heard where nothing is chosen."""

    prompt: Prompt
    title: str
    when: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls wait: the queue, and what happens in it, in sentences."""

    queue: Queue
    overflow: list[str]


def prompts() -> list[About]:
    """All prompts, in the order in which callers meet them."""
    built, nothing = _("Built from the choices: “For … press …”."), _("Nothing is said.")
    return [
        About(Prompt.GREETING, _("Greeting"), _("First of all, while we are open.")),
        About(Prompt.CLOSED, pgettext("hours", "Closed"), _("Instead of the greeting, outside the hours.")),
        About(Prompt.HOLIDAY, _("Holiday"), _("Instead of “closed”, on the free days of the calendar."),
              _("The same as “closed”.")),
        About(Prompt.MENU, _("Menu"), _("The choices in one go. It has to name every key."), built),
        About(Prompt.SORRY, _("Not understood"), _("When nothing that fits was pressed or said.")),
        About(Prompt.MAY_BE_RECORDED, _("May be recorded"),
              _("In front of the line, where recording is announced. It has to say that 9 objects.")),
        About(Prompt.MAY_WE_RECORD, _("May we record"),
              _("In front of the line, where callers are asked. It has to say that 1 agrees.")),
        About(Prompt.WAITING, _("Please wait"), _("Once, in front of the place in line and the music."), nothing),
        About(Prompt.CONNECTING, _("Connecting"), _("When a call goes on to somebody else.")),
        About(Prompt.BUSY, _("All lines busy"), _("When the line takes nobody more.")),
        About(Prompt.CALLBACK, _("Callback promised"), _("When somebody has asked to be called back.")),
        About(Prompt.VOICEMAIL, _("Leave a message"), _("In front of the tone.")),
        About(Prompt.VOICEMAIL_KEPT, _("Message kept"), _("After the message.")),
        About(Prompt.RATING, _("Rating"), _("After the agent has hung up. It has to name the keys 1 to 5.")),
        About(Prompt.GOODBYE, _("Good-bye"), _("Last of all.")),
    ]  # fmt: skip


def title(prompt: str) -> str:
    """What a prompt, or the music, is called on the page."""
    return next((one.title for one in prompts() if one.prompt == prompt), _("Music"))


def does() -> dict[str, str]:
    """What a choice leads to, by value."""
    return {
        Does.QUEUE: _("A queue"), Does.ORDER: _("Where is my order"), Does.TICKET: _("How far is my request"),
        Does.HOURS: _("Opening hours"), Does.ARTICLE: _("An answer from the help centre"),
        Does.VOICEMAIL: _("Leave a message"),
    }  # fmt: skip


def icon(value: str) -> str:
    """The picture of what a choice leads to."""
    icons = {
        Does.QUEUE: "stack-2", Does.ORDER: "package", Does.TICKET: "ticket", Does.HOURS: "calendar-time",
        Does.ARTICLE: "book-2",
    }  # fmt: skip
    return {str(does): name for does, name in icons.items()}.get(value, "microphone")


def overview(line: Line) -> dict[str, Any]:
    """What callers go through, for the picture of it."""
    main = db.session.get_one(Queue, line.queue_id)
    hours, now = calendars.hours(main.calendar_id), clock.now()
    calendar = db.session.get(Calendar, main.calendar_id) if main.calendar_id else calendars.default()
    led = [one.queue_id or main.id for one in line.choices if one.does is Does.QUEUE]
    mine = str(get_locale())
    reached = dict.fromkeys([main.id, *led] if line.choices else [main.id])
    return {
        "line": line, "main": main, "calendar": calendar, "is_open": hours.is_open(now),
        "opens": [] if hours.is_open(now) else hours_said.next_opening(hours, now),
        "places": [_place(queue_id) for queue_id in reached], "queues": rows.called(Queue),
        "does": does(), "icon": icon, "language": mine if mine in line.languages else line.language,
    }  # fmt: skip


def at(trial: CallTrial | None) -> str:
    """Which part of that picture a test call has come to."""
    if trial is None or not trial.heard:
        return ""
    flow, last = trial.knows.get("flow", {}), trial.heard[-1]
    then = next((one["then"] for one in last["said"] if "then" in one), "")
    if flow.get("at") == "queue":
        return "queue"
    if trial.knows.get("state") == CallState.VOICEMAIL:
        return "voicemail"
    if trial.knows.get("state") == CallState.SELF_SERVICE:
        return f"choice-{flow.get('chose', '')}"
    if then in ("language", "menu", "consent"):
        return str(then)
    return "closed" if flow.get("closed") else "greeting"


def step(name: str) -> str:
    """What a step of a test call is called."""
    words = {
        "in": _("It rings"), "language": _("Language"), "menu": _("Menu"), "menu-again": _("Menu"),
        "order-number": _("Number of the order"), "proof": _("Post code"), "code": _("Code"),
        "consent": _("Recording"), "more": _("Anything else?"), "queue": _("Queue"), "voicemail": _("Leave a message"),
        "voicemail-done": _("Message kept"),
    }  # fmt: skip
    return words.get(name, "")


def _place(queue_id: int) -> Place:
    queue = db.session.get_one(Queue, queue_id)
    names = rows.called(Queue)
    return Place(queue, [overflow.said(one, names) for one in queue.overflow])
