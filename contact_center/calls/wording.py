"""What our telephone says by itself: each prompt, when it is heard, and the sentence where nobody has chosen another.

`lines` and the settings page know the prompts by name, the flow says them. Sentences are in the caller's language.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _


class Prompt(StrEnum):
    """Something that may be said in other words, or by a recording. In the order in which callers meet them."""

    GREETING = "greeting"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    MENU = "menu"
    SORRY = "sorry"
    MAY_BE_RECORDED = "may_be_recorded"
    MAY_WE_RECORD = "may_we_record"
    WAITING = "waiting"
    BUSY = "busy"
    CONNECTING = "connecting"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    VOICEMAIL_KEPT = "voicemail_kept"
    RATING = "rating"
    GOODBYE = "goodbye"


def usual(prompt: Prompt, language: str) -> str:
    """What is said where nobody has chosen words; empty where it is nothing, or built from other things."""
    return _sentences(language).get(prompt, "")


@lru_cache(maxsize=16)
def _sentences(language: str) -> dict[Prompt, str]:
    with force_locale(language):
        return {prompt: str(words) for prompt, words in _translated().items()}


def _translated() -> dict[Prompt, str]:
    return {
        Prompt.GREETING: _("Welcome."),
        Prompt.CLOSED: _("We are closed at the moment."),
        Prompt.SORRY: _("Sorry, I did not get that."),
        Prompt.MAY_BE_RECORDED: _(
            "This call may be recorded, so that we can look up later what was agreed. If you do not want that, press 9."
        ),
        Prompt.MAY_WE_RECORD: _(
            "May we record this call, so that we can look up later what was agreed? If you agree, press 1."
        ),
        Prompt.BUSY: _("All our lines are busy."),
        Prompt.CONNECTING: _("One moment please, I am connecting you."),
        Prompt.CALLBACK: _("Thank you. We will call you."),
        Prompt.VOICEMAIL: _("Please leave your message after the tone, and press the hash key at its end."),
        Prompt.VOICEMAIL_KEPT: _("Thank you. We will get back to you."),
        Prompt.RATING: _(
            "How satisfied are you with this call? Press a key from 1, very dissatisfied, to 5, very satisfied."
        ),
        Prompt.GOODBYE: _("Thank you for calling. Good-bye."),
    }
