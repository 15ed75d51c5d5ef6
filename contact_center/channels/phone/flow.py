"""What a caller hears, step by step: one function per step, from a call and what was said to a plan.

The provider's door calls `step`, in a transaction that it commits before the plan goes out. No request to the provider
is made here: it would be silence for the caller. What is asked twice is answered alike (see `webhooks`).
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _

from contact_center.calls import arriving, consents, ending, legs, lines, moves, transferring
from contact_center.calls.models import OVER, Call, CallLeg, CallState, Outcome, Role
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import speech, spoken, taking_in
from contact_center.channels.phone.plan import End, Gather, Go, Heard, Plan, Room, Say, Wait
from contact_center.channels.phone.provider import Answer
from contact_center.extensions import db

AGENT = "0"  # wherever somebody is in a menu
TRIES = 2  # of a menu, before the caller is put through without a choice

Handler = Callable[[Call, Answer], Plan]
STEPS: dict[str, Handler] = {}


def step(name: str, call: Call, answer: Answer) -> Plan:
    """What *call* hears next, in its language. A call that is over hears nothing more."""
    if call.state in OVER and name not in ("in", "left"):
        return (End(),)
    with force_locale(call.language):
        return STEPS[name](call, answer)


def adds(name: str) -> Callable[[Handler], Handler]:
    """Make a function the step of that name; the modules beside this one add theirs."""

    def add(handler: Handler) -> Handler:
        STEPS[name] = handler
        return handler

    return add


@adds("in")
def arrives(call: Call, _answer: Answer) -> Plan:
    """It rings: refused, told that we are closed, or greeted."""
    line = lines.of(call.number_id)
    if line is None or call.flow.get(arriving.BLOCKED):
        arriving.refuse(call)
        return (End("rejected"),)
    if call.state is CallState.NEW:
        moves.make(call, CallState.MENU)
    if not _is_open(call, line):
        if not line.helps_when_closed:
            return STEPS["closed"](call, _answer)
        remember(call, closed=True)
    if len(line.languages) > 1 and not call.flow.get("language") and call.customer_id is None:
        return (_languages(line),)
    return _greet(call, line)


@adds("language")
def language(call: Call, answer: Answer) -> Plan:
    """They chose a language, or none: then the line's first."""
    line = lines.of(call.number_id)
    if line is None:
        return (End(),)
    offered = dict(enumerate_languages(line))
    names = dict(zip(offered, speech.language_names(line.languages), strict=True))
    chosen = speech.choice(answer, names)
    if chosen is not None:
        call.language = offered[chosen]
    remember(call, language=True)
    with force_locale(call.language):
        return _greet(call, line)


@adds("menu")
def menu(call: Call, answer: Answer) -> Plan:
    """A choice of the menu. Nothing twice, or nothing that we understand, is put through: nobody is hung up on."""
    line = lines.of(call.number_id)
    if line is None:
        return (End(),)
    chosen = line.choice(speech.choice(answer, line.words(call.language)) or "")
    if chosen is None and answer.digits == AGENT:
        return queue(call, answer)
    if chosen is None:
        tried = int(call.flow.get("menu_tries", 0)) + 1
        remember(call, menu_tries=tried)
        if tried >= TRIES or not line.choices:
            return queue(call, answer)
        return (offer_menu(call, line, spoken.prompt(call, Prompt.SORRY, line)),)
    remember(call, chose=chosen.key)
    return STEPS[chosen.does](call, answer)


@adds("menu-again")
def menu_again(call: Call, answer: Answer) -> Plan:
    """Back from self-service: the choices once more."""
    line = lines.of(call.number_id)
    remember(call, menu_tries=0)
    return (offer_menu(call, line),) if line is not None and line.choices else queue(call, answer)


@adds("queue")
def queue(call: Call, _answer: Answer) -> Plan:
    """Into the queue: a ticket is opened, and music plays until somebody is free."""
    if call.state is CallState.QUEUED:
        return _in_line()
    if call.flow.get("closed"):
        return STEPS["nobody"](call, _answer)
    if consents.is_open(call):
        return STEPS["may-record"](call, _answer)
    if call.flow.get("trial"):
        return STEPS["trial-queue"](call, _answer)
    if not taking_in.join(call):
        return (End(),)
    return _in_line()


@adds("wait")
def wait(call: Call, answer: Answer) -> Plan:
    """What they hear in line, over and over: their place, how long it may take where we know, then music."""
    if call.line_ref is None and answer.line:
        call.line_ref = answer.line
    if call.state not in (CallState.QUEUED, CallState.CONNECTING, CallState.RECOVERING):
        return (spoken.music(call),)
    remember(call, heard=int(call.flow.get("heard", 0)) + 1)
    if call.state is not CallState.QUEUED:
        return (spoken.music(call),)
    return STEPS["line"](call, answer)


@adds("left")
def left(call: Call, answer: Answer) -> Plan:
    """Out of the line: fetched by an agent, hung up, full, or by their own wish."""
    if answer.left_line == "fetched":
        return ()  # nothing of ours may come before what they are fetched for
    if answer.left_line == "hung_up":
        ending.caller_gone(call)
    elif answer.left_line in ("full", "failed"):
        return (Go("full"),)
    elif answer.left_line == "left" and call.flow.get("to_voicemail"):
        return (Go("voicemail"),)
    elif answer.left_line == "left" and call.outcome is Outcome.CALLBACK:
        return (spoken.prompt(call, Prompt.CALLBACK), End())
    return (End(),)


@adds("full")
def full(call: Call, _answer: Answer) -> Plan:
    """The line takes nobody more: they may leave a message, or their ticket says that they have called."""
    line = lines.of(call.number_id)
    if line is not None and line.takes_voicemail:
        return (spoken.prompt(call, Prompt.BUSY, line), Go("voicemail"))
    ending.caller_gone(call)
    return (spoken.prompt(call, Prompt.BUSY, line), Say(_("Please call again in a few minutes."), call.language), End())


@adds("join")
def join(call: Call, _answer: Answer) -> Plan:
    """Fetched from the line, into the room where the agent is. Nobody there any more: back in line."""
    leg = legs.live(call, Role.CUSTOMER)
    if leg is None or call.state is not CallState.CONNECTING:
        return STEPS["after"](call, _answer)
    return (Room(call.room, leg.label, "after", hears="music"), Go("after"))


@adds("transferred")
def transferred(call: Call, _answer: Answer) -> Plan:
    """Sent on by their agent: into the line for the next one."""
    if not transferring.arrived(call):
        return STEPS["after"](call, _answer)
    return (spoken.prompt(call, Prompt.CONNECTING), *_in_line())


@adds("after")
def after(call: Call, _answer: Answer) -> Plan:
    """Out of the room, and still there: how was it? Or somebody was lost, and they wait again."""
    if call.state is CallState.SURVEY or ending.after_room(call):
        return STEPS["rate"](call, _answer)
    if call.state in (CallState.RECOVERING, CallState.QUEUED, CallState.TRANSFERRING):
        return (spoken.prompt(call, Prompt.CONNECTING), *_in_line())
    return (End(),)


@adds("music")
def music(call: Call, _answer: Answer) -> Plan:
    """On hold, for as long as it takes."""
    return (*spoken.all_music(call), Go("music"))


def agent_comes(answer: Answer) -> tuple[Call | None, Plan, CallLeg | None]:
    """An agent's browser connects: into the room, if it may. The one gate; whoever is late is sent away."""
    agent_id = answer.identity.removeprefix("agent_")
    may_be = agent_id.isdecimal() and len(agent_id) < 19
    leg = legs.come(answer.given.get("nonce", ""), int(agent_id), answer.leg) if may_be else None
    if leg is None or leg.call.state in OVER or leg.round != leg.call.round:
        return None, (End(),), None
    ends_room = leg.role is Role.AGENT and not leg.call.is_dialled
    return leg.call, (Room(leg.call.room, leg.label, "", ends_room=ends_room), End()), leg


def remember(call: Call, **known: object) -> None:
    """What the menus know of the call, from now on."""
    call.flow = call.flow | known
    db.session.flush()


def enumerate_languages(line: lines.Line) -> list[tuple[str, str]]:
    """Key → language, in the line's order."""
    return [(str(place), code) for place, code in enumerate(line.languages, 1)]


def _greet(call: Call, line: lines.Line) -> Plan:
    if call.flow.get("closed"):
        return STEPS["closed"](call, Answer(call.ref or ""))
    greeting = spoken.prompt(call, Prompt.GREETING, line)
    return (offer_menu(call, line, greeting),) if line.choices else (greeting, Go("queue"))


def _languages(line: lines.Line) -> Gather:
    prompts = tuple(Say(speech.language_prompt(code, key), code) for key, code in enumerate_languages(line))
    return Gather("language", prompts, line.language, digits=1, hints=speech.language_names(line.languages))


def offer_menu(call: Call, line: lines.Line, *before: Heard) -> Gather:
    """The choices, as somebody has recorded or written them, or one sentence each; a key may come while *before* is."""
    words = _offered(call, line)
    own = spoken.optional(call, Prompt.MENU, line)
    prompts = own or speech.menu(words, call.language)
    return Gather("menu", (*before, *prompts), call.language, digits=1, hints=tuple(words.values()))


def _offered(call: Call, line: lines.Line) -> dict[str, str]:
    """Key → what it is for. Outside the hours an agent's key is one for messages, where there are any."""
    words = line.words(call.language)
    if not call.flow.get("closed"):
        return words | {AGENT: _("an agent")}
    if line.takes_voicemail:
        takes = any(one.does is lines.Does.VOICEMAIL for one in line.choices)
        return words if takes else words | {AGENT: _("leaving a message")}
    agents = [one.key for one in line.choices if one.does in (lines.Does.QUEUE, lines.Does.VOICEMAIL)]
    return {key: what for key, what in words.items() if key not in agents}


def _is_open(call: Call, line: lines.Line) -> bool:
    """By the hours, or as somebody who tries the line wants it."""
    wanted = call.flow.get("as_if_open")
    return lines.is_open(line) if wanted is None else bool(wanted)


def _in_line() -> Plan:
    return (Wait("wait", "left"), Go("full"))
