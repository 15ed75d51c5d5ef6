"""An answer from our articles, on the telephone: they say what it is about, hear the best one, and say if it helped.

Steps of `flow`, beside those of `selfhelp`. Who was not helped, or was not understood twice, goes on to an agent.
"""

from __future__ import annotations

from flask_babel import gettext as _

from contact_center.calls import moves
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import End, Gather, Plan, Say
from contact_center.channels.phone.provider import Answer
from contact_center.channels.phone.selfhelp import zero
from contact_center.channels.phone.speech import SURE
from contact_center.selfservice import by_phone

TRIES = 2
YES, NO = "1", "2"


@flow.adds("article")
def article(call: Call, _answer: Answer) -> Plan:
    """What would you like to know?"""
    moves.make(call, CallState.SELF_SERVICE)
    flow.remember(call, about="article", empty=0, outcome=call.flow.get("outcome", Outcome.HUNG_UP))
    return (_ask(call),)


@flow.adds("article-words")
def article_words(call: Call, answer: Answer) -> Plan:
    """What they have said, and the best article for it."""
    if answer.digits == flow.AGENT:
        return _agent(call, answer)
    if not answer.words or answer.confidence < SURE:
        return _again(call, answer)
    flow.remember(call, asked=answer.words[: by_phone.LONGEST_ASKED])
    found = by_phone.article(answer.words, call.language, call.caller or call.key)
    if found is None:
        said = _("I have found nothing about that. Somebody will help you.")
        if call.flow.get("closed"):
            said = _("I have found nothing about that.")
        return (Say(said, call.language), *_agent(call, answer))
    flow.remember(call, article=found.article_id, outcome=Outcome.CONTAINED)
    told = tuple(Say(sentence, found.language) for sentence in by_phone.article_words(found))
    return _did_it_help(call, *told)


@flow.adds("article-helped")
def article_helped(call: Call, answer: Answer) -> Plan:
    """1: it helped, good-bye. 2 or 0: on to an agent. No key at all is asked for once more, and then good-bye."""
    if answer.digits in (NO, flow.AGENT):
        by_phone.rate_article(_told(call), call.language, call.caller or call.key, helped=False)
        return _agent(call, answer)
    if answer.digits == YES:
        by_phone.rate_article(_told(call), call.language, call.caller or call.key, helped=True)
    elif not call.flow.get("asked_twice"):
        flow.remember(call, asked_twice=True)
        return _did_it_help(call)
    moves.finish(call, CallState.ENDED, Outcome.CONTAINED)
    return (spoken.prompt(call, Prompt.GOODBYE), End())


def _ask(call: Call) -> Gather:
    said = _("Please say in a few words what you would like to know.")
    prompts = (Say(said, call.language), *zero(call))
    return Gather("article-words", prompts, call.language, digits=1, seconds=8, hints=by_phone.topics(call.language))


def _did_it_help(call: Call, *before: Say) -> Plan:
    said = _("Did this help you? If so, press 1. If not, press 2.")
    return (Gather("article-helped", (*before, Say(said, call.language)), call.language, digits=1, seconds=8),)


def _again(call: Call, answer: Answer) -> Plan:
    empty = int(call.flow.get("empty", 0)) + 1
    flow.remember(call, empty=empty)
    if empty >= TRIES:
        return _agent(call, answer)
    return (spoken.prompt(call, Prompt.SORRY), _ask(call))


def _agent(call: Call, answer: Answer) -> Plan:
    if not call.flow.get("closed"):
        flow.remember(call, outcome=Outcome.HUNG_UP)
    return flow.STEPS["queue"](call, answer)


def _told(call: Call) -> int:
    return int(call.flow.get("article", 0))
