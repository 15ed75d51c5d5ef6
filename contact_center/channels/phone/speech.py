"""Words for the telephone: what is said about waiting and choosing, and what a caller's keys and words mean. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from contact_center.calls.queueing import Standing
from contact_center.channels.phone.plan import Say
from contact_center.channels.phone.provider import Answer
from contact_center.config import LANGUAGES

SURE = 0.5  # of what was heard; less than that is asked again
_MINUTES = (1, 2, 5, 10, 15)  # what is said about waiting is rounded up to one of these


def choice(answer: Answer, words: Mapping[str, str]) -> str | None:
    """Which key of *words* was pressed, or meant by what was said; None if none was."""
    if answer.digits:
        return answer.digits[-1] if answer.digits[-1] in words else None
    if not answer.words or answer.confidence < SURE:
        return None
    said = _plain(answer.words)
    found = [key for key, word in words.items() if word and (_plain(word) in said or said in _plain(word))]
    return found[0] if len(found) == 1 else key_said(said, words)


def key_said(said: str, words: Mapping[str, str]) -> str | None:
    """A key that was named: "two", "二"."""
    with_names = {key: names for key, names in _KEYS.items() if key in words}
    found = [key for key, names in with_names.items() if said in names]
    return found[0] if found else None


def menu(words: Mapping[str, str], language: str) -> tuple[Say, ...]:
    """For this, press that: one sentence a choice."""
    return tuple(Say(_("For %(what)s press %(key)s.", what=what, key=key), language) for key, what in words.items())


def language_prompt(language: str, key: str) -> str:
    """The offer of a language, in that language."""
    with force_locale(language):
        return _("For %(language)s press %(key)s.", language=LANGUAGES[language], key=key)


def language_names(languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(LANGUAGES[code] for code in languages)


def standing(where: Standing, language: str) -> tuple[Say, ...]:
    """Their place, and how long it may take: rounded up, and nothing at all where nobody can honestly say."""
    said = [
        _("You are next in line.") if where.place == 1 else _("You are number %(place)d in line.", place=where.place)
    ]
    if where.seconds is not None:
        said.append(_about(where.seconds))
    return (Say(" ".join(said), language),)


def _about(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return _("It will take less than a minute.")
    longest = next((bucket for bucket in _MINUTES if minutes <= bucket), None)
    if longest is None:
        return _("It may take more than fifteen minutes.")
    return ngettext("It will take about %(num)d minute.", "It will take about %(num)d minutes.", longest)


def _plain(text: str) -> str:
    """Without case, marks and punctuation: recognisers write as they like."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in folded if one.isalnum())


_KEYS = {
    "1": {"one", "1", "一", "yi"}, "2": {"two", "2", "二", "两"}, "3": {"three", "3", "三"}, "4": {"four", "4", "四"},
    "5": {"five", "5", "五"}, "6": {"six", "6", "六"}, "7": {"seven", "7", "七"}, "8": {"eight", "8", "八"},
    "9": {"nine", "9", "九"}, "0": {"zero", "0", "零", "agent", "人工"},
}  # fmt: skip
