"""What happened on the telephone, as the history of a ticket tells it."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import pages
from contact_center.desk.sentences import say, who
from contact_center.events.names import Name
from contact_center.text import sayings
from contact_center.tickets.conversation import EventEntry

# Why somebody who had the caller has them no more: the reason that goes with `ticket.released`.
RELEASED: dict[str, Callable[[], str]] = {
    "agent lost": lambda: _("%(name)s’s telephone was cut off: the caller waits again"),
    "join deadline": lambda: _("%(name)s’s telephone did not come: the caller waits again"),
    "phone gone": lambda: _("%(name)s’s telephone did not come: the caller waits again"),
    "transferred": lambda: _("%(name)s sent the caller on"),
    "caller gone": lambda: _("The caller hung up before %(name)s could answer"),
}


def _transferred(entry: EventEntry) -> Markup:
    if to := entry.data.get("to"):
        return say(_("%(who)s left the call to %(name)s"), who=who(entry), name=to)
    if queue := entry.data.get("queue_to"):
        return say(_("%(who)s sent the caller to %(queue)s"), who=who(entry), queue=queue)
    return say(_("%(who)s sent the caller on"), who=who(entry))


def _abandoned(entry: EventEntry) -> Markup:
    return say(_("The caller gave up after %(seconds)s seconds"), seconds=entry.data.get("waited", 0))


def _failed(entry: EventEntry) -> Markup:
    words = {
        "RECORD": _("The recording could not begin at once: %(why)s"),
        "PAUSE": _("The recording could not be paused at once: %(why)s"),
        "RESUME": _("The recording could not go on at once: %(why)s"),
        "STOP": _("The recording could not be ended at once: %(why)s"),
    }
    said = words.get(entry.data.get("verb", ""), _("The telephone company could not do it: %(why)s"))
    return say(said, why=sayings.say(entry.data.get("why")))


def _unreached(entry: EventEntry) -> Markup:
    words = {
        "busy": _("%(who)s called %(number)s: it was busy"),
        "no_answer": _("%(who)s called %(number)s: nobody answered"),
        "canceled": _("%(who)s called %(number)s and hung up before anybody answered"),
    }
    said = words.get(entry.data.get("cause", ""), _("%(who)s called %(number)s and did not get through"))
    return say(said, who=who(entry), number=entry.data.get("number") or "")


def _ended(entry: EventEntry) -> Markup:
    talked = entry.data.get("talked")
    if talked is None:
        return Markup.escape(_("The call ended"))
    return say(_("The call ended; they talked for %(time)s"), time=f"{talked // 60}:{talked % 60:02}")


def _played(entry: EventEntry) -> Markup:
    if entry.data.get("how") == "downloaded":
        return say(_("%(who)s downloaded %(file)s"), who=who(entry), file=entry.data["file"])
    return say(_("%(who)s listened to %(file)s"), who=who(entry), file=entry.data["file"])


def _consent(entry: EventEntry) -> Markup:
    said = {
        ("announcement", "given"): _("The caller was told that the call may be recorded, and did not object"),
        ("keypad", "given"): _("The caller agreed to be recorded, by pressing a key"),
        ("keypad", "refused"): _("The caller did not agree to be recorded"),
        ("agent", "given"): _("%(who)s noted that the caller agrees to be recorded"),
        ("agent", "refused"): _("%(who)s noted that the caller wants no recording"),
        ("agent", "withdrawn"): _("%(who)s noted that the caller wants no recording any more"),
    }
    return say(said[entry.data["method"], entry.data["value"]], who=who(entry))


def _recorded(entry: EventEntry) -> Markup:
    minutes, seconds = divmod(int(entry.data["seconds"]), 60)
    return say(_("The call was recorded: %(agents)s, %(long)s"), agents=pages.listed(entry.data["agents"]),
               long=f"{minutes}:{seconds:02}")  # fmt: skip


SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    Name.CALL_ANSWERED: lambda entry: say(_("%(who)s answered the call"), who=who(entry)),
    Name.CALL_TRANSFERRED: _transferred,
    Name.CALL_ABANDONED: _abandoned,
    Name.CALL_CUT: lambda entry: say(_("%(who)s ended the call as a supervisor"), who=who(entry)),
    Name.CALL_ENDED: _ended,
    Name.CALL_MISSED: lambda _entry: Markup.escape(_("Missed call: somebody is to call back")),
    Name.CALL_BACK_ASKED: lambda entry: say(
        _("The caller asked to be called at %(number)s"), number=entry.data["number"]
    ),
    Name.CALL_UNREACHED: _unreached,
    Name.VOICEMAIL_KEPT: lambda entry: say(
        _("The caller left a message of %(seconds)s seconds"), seconds=entry.data.get("seconds", 0)
    ),
    Name.VOICEMAIL_PLAYED: _played,
    Name.RECORDING_PLAYED: _played,
    Name.RECORDING_CONSENT: _consent,
    Name.RECORDING_KEPT: _recorded,
    Name.RECORDING_LOST: lambda _entry: Markup.escape(_("The recording of the call was lost at the telephone company")),
    Name.RECORDING_DISCARDED: lambda _entry: Markup.escape(
        _("The recording of the call was deleted, here and at the telephone company")
    ),
    Name.CALL_COMMAND_FAILED: _failed,
}
ICONS = {
    Name.CALL_ANSWERED: "phone-call",
    Name.CALL_TRANSFERRED: "transfer",
    Name.CALL_ABANDONED: "phone-off",
    Name.CALL_CUT: "phone-off",
    Name.CALL_ENDED: "phone",
    Name.CALL_MISSED: "phone-off",
    Name.CALL_BACK_ASKED: "phone-call",
    Name.CALL_UNREACHED: "phone-off",
    Name.VOICEMAIL_KEPT: "phone",
    Name.VOICEMAIL_PLAYED: "headphones",
    Name.RECORDING_PLAYED: "headphones",
    Name.RECORDING_CONSENT: "player-record",
    Name.RECORDING_KEPT: "player-record",
    Name.RECORDING_LOST: "alert-circle",
    Name.RECORDING_DISCARDED: "trash",
    Name.CALL_COMMAND_FAILED: "alert-circle",
}
