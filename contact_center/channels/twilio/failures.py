"""What the carrier's refusals mean to us: it is gone, again later, nobody knows, or no, with a sentence for people.

Telephone and texts put what they ask inside `asking()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contact_center.errors import ContactCenterError
from contact_center.text import remarks
from contact_center.text.remarks import remark
from contact_center.text.sayings import Saying, gettext

# By the carrier's code: what an agent reads. The rest is told in the carrier's own words.
_SENTENCES = {
    21211: remark("This is not a number that can be called or written to."),
    21408: remark("Our account may not write to this country: an administrator can ask the carrier to allow it."),
    21606: remark("Our number cannot send texts: an administrator must look at it at the carrier."),
    21610: remark("They have opted out: the carrier lets no text of ours through to this number."),
    21611: remark("Too many texts are waiting at the carrier for this number of ours."),
    21612: remark("The carrier knows no way from our number to this one."),
    21614: remark("This number is no mobile phone: it cannot receive texts."),
    21617: remark("The text is longer than the 1,600 characters that fit."),
    21620: remark("The carrier could not fetch a file of this text: our public address must be open to it."),
    21635: remark("This number is a landline: it cannot receive texts."),
    30001: remark("Too many texts are waiting at the carrier for this number of ours."),
    30003: remark("The phone could not be reached: it is switched off or out of range."),
    30004: remark("The recipient’s network has blocked the text."),
    30005: remark("Nobody has this number."),
    30006: remark("This number is a landline, or its network takes no texts."),
    30007: remark("The network took the text for spam and stopped it."),
    30008: remark("The network did not deliver the text and did not say why."),
    30011: remark("Their network takes no files with texts."),
    30032: remark("Our number is not verified for texts yet: an administrator must register it at the carrier."),
    30034: remark("Our number is not registered for texts to this country: an administrator must register it."),
    63003: remark("This number does not use WhatsApp."),
    63016: remark("Their last WhatsApp message is more than 24 hours old: only prepared templates may be sent."),
    63018: remark("Too many WhatsApp messages at once: the carrier slows us down."),
    63019: remark("WhatsApp could not fetch the file of this message."),
    63024: remark("This number does not use WhatsApp."),
}
ACCOUNT = {20003, 20101, 20404}  # wrong keys: nothing works until somebody has looked
LATER = {20429, 21611, 30001, 63018}
STOPPED = 21610
NO_ADDRESS = {21211, 21614, 21635, 30005, 30006, 63003, 63024}  # nothing will ever get there
ONCE_MORE = {30003, 30008}  # worth one more try after a while


class Failure(ContactCenterError):
    """It did not work. `code` is the carrier's, if it gave one."""

    def __init__(self, sentence: str, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class Gone(Failure):
    """What was asked about is not there any more."""


class Retry(Failure):
    """It was not carried out, for sure; `after` so many seconds it may be."""

    def __init__(self, sentence: str, code: int | None = None, after: float = 1.0) -> None:
        super().__init__(sentence, code)
        self.after = after


class Unknown(Failure):
    """Nobody knows whether it was carried out: look before it is asked for again."""


class Refused(Failure):
    """No, and asking again will not help."""


@contextmanager
def asking() -> Iterator[None]:
    """Turn what the library raises into one of ours."""
    import requests
    from twilio.base.exceptions import TwilioException, TwilioRestException

    try:
        yield
    except TwilioRestException as error:
        raise _of(int(error.status), error.code, str(error.msg)) from error
    except requests.ConnectTimeout as error:  # no connection: it cannot have been carried out
        raise Retry(gettext("The carrier cannot be reached."), after=30.0) from error
    except requests.ConnectionError as error:
        if _never_connected(error):
            raise Retry(gettext("The carrier cannot be reached."), after=30.0) from error
        raise Unknown(gettext("The carrier has not answered.")) from error
    except requests.RequestException as error:
        raise Unknown(gettext("The carrier has not answered.")) from error
    except (TwilioException, ValueError) as error:  # or an answer that nobody can read
        raise Unknown(gettext("The carrier has not answered.")) from error


def sentence(code: int | None, words: str = "") -> str:
    """What a code of the carrier means, in the language of the moment and fit to be kept."""
    if code in _SENTENCES:
        return Saying(remarks.read(_SENTENCES[code]) or ())
    return gettext("The carrier refused it: %(why)s", why=f"{words} ({code})".strip() if code else words or "–")


def _of(status: int, code: int | None, words: str) -> Failure:
    if code in ACCOUNT and status in (401, 403):
        problem = gettext("The carrier does not accept our account: an administrator must look at its keys.")
        return Retry(problem, code, after=300.0)
    if status == 404:
        return Gone(gettext("The carrier does not know it any more."), code)
    if status == 429 or code in LATER:
        return Retry(sentence(code, words), code, after=1.0 if status == 429 else 60.0)
    if status >= 500:
        return Unknown(gettext("The carrier has trouble of its own."), code)
    return Refused(sentence(code, words), code)


def _never_connected(error: BaseException) -> bool:
    """Whether no connection was made at all, so that nothing can have been heard."""
    import urllib3.exceptions as causes

    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, causes.NewConnectionError | causes.NameResolutionError)
