"""What happened to a ticket, as one sentence for the conversation; templates use `told` and `event_icon` as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import pages
from contact_center.desk import due_words, telling_answers, telling_calls, telling_routing, words
from contact_center.desk.sentences import differences, say, value_word, who, written_to
from contact_center.events.names import Name
from contact_center.tickets.conversation import EventEntry


def told(entry: EventEntry) -> Markup:
    """The sentence, its names in bold. Everything in it that people wrote is escaped."""
    speak = _SENTENCES.get(entry.name)
    return speak(entry) if speak else Markup("")


def event_icon(entry: EventEntry) -> str:
    return _ICONS.get(entry.name, "point")


def _taken(entry: EventEntry) -> Markup:
    return say(_("%(who)s took the ticket"), who=who(entry))


def _assigned(entry: EventEntry) -> Markup:
    to = entry.changes.get("assignee", [None, None])[1]
    if to == entry.agent:
        return _taken(entry)
    return say(_("%(who)s assigned it to %(to)s"), who=who(entry), to=to or _("Nobody"))


def _moved(entry: EventEntry) -> Markup:
    old, new = entry.changes.get("queue", [None, None])
    return say(_("%(who)s moved it from %(old)s to %(new)s"), who=who(entry), old=old or "–", new=new or "–")


def _changed(entry: EventEntry) -> Markup:
    parts = [say(_("%(who)s changed it"), who=who(entry)), *differences(entry)]
    return Markup(" · ").join(parts)


def _state(entry: EventEntry) -> Markup:
    old, new = entry.changes.get("state", [None, None])
    if not old or not new:
        return say(_("%(who)s changed the state"), who=who(entry))
    change = {"old": words.state_word(old), "new": words.state_word(new)}
    return say(_("%(who)s: %(old)s → %(new)s"), who=who(entry), **change)


def _reopened(entry: EventEntry) -> Markup:
    if entry.agent_id is None:
        return Markup.escape(_("Reopened: the customer wrote"))
    return say(_("%(who)s reopened it"), who=who(entry))


def _resolved(entry: EventEntry) -> Markup:
    if entry.data.get("by") == "customer":
        return Markup.escape(_("The customer says that it is solved"))
    return say(_("%(who)s resolved it"), who=who(entry))


def _joined(entry: EventEntry) -> Markup:
    if into := entry.data.get("into"):
        return say(_("%(who)s merged this ticket into %(ref)s"), who=who(entry), ref=into)
    return say(_("%(who)s merged %(ref)s into this ticket"), who=who(entry), ref=entry.data.get("other") or "–")


def _chosen(entry: EventEntry) -> Markup:
    name = (entry.data.get("words", {}).get("customer_id") or [None, None])[1]
    if entry.data.get("undone"):
        return say(_("%(who)s undid the choice of the customer"), who=who(entry))
    if name is None:
        former = (entry.data.get("words", {}).get("customer_id") or [None])[0]
        return say(_("%(who)s: it is not %(name)s"), who=who(entry), name=former or "–")
    return say(_("%(who)s chose the customer: %(name)s"), who=who(entry), name=name or "–")


def _bounced(entry: EventEntry) -> Markup:
    said = say(_("Mail to %(address)s came back"), address=entry.data.get("recipient") or "–")
    reason = entry.data.get("reason")
    return said + Markup(": %s") % reason if reason else said


_RELEASED = {
    "gone": lambda: _("%(name)s was gone: it went back to the queue"),
    "late": lambda: _("%(name)s was late: it went back to the queue"),
    **telling_calls.RELEASED,
}


def _released(entry: EventEntry) -> Markup:
    """By whoever had it; or whoever had it was gone, or late."""
    name = next(iter(entry.data.get("changes", {}).get("assignee") or ()), None)
    because = str(entry.data.get("because", ""))
    if name and because in _RELEASED:
        return say(_RELEASED[because](), name=name)
    return say(_("%(who)s returned it to the queue"), who=who(entry))


def _suppressed(entry: EventEntry) -> Markup:
    address = entry.data.get("recipient") or "–"
    if entry.data.get("reason") == "bounced":
        return say(_("No automatic mail to %(address)s: mail to it came back before"), address=address)
    if entry.data.get("reason") == "consent":
        return say(_("No mail to %(address)s: the customer does not want it"), address=address)
    return say(_("No automatic mail to %(address)s: too many were sent lately"), address=address)


def _told(entry: EventEntry) -> Markup:
    names = pages.listed([*entry.data.get("people", []), *entry.data.get("addresses", [])])
    return say(
        _("Tier %(tier)s: %(names)s were told of the complaint"), tier=entry.data.get("tier") or "–", names=names
    )


def _about_ref(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: say(sentence(), who=who(entry), ref=entry.data.get("other") or "–")


def _about_task(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: say(sentence(), who=who(entry), title=entry.data.get("title") or "–")


def _task_changed(entry: EventEntry) -> Markup:
    said = say(_("%(who)s changed the task %(title)s"), who=who(entry), title=entry.data.get("title") or "–")
    return Markup(" · ").join([said, *differences(entry)])


def _settled(entry: EventEntry) -> Markup:
    if entry.data.get("undone"):
        return say(_("%(who)s took back that it is settled"), who=who(entry))
    if entry.data.get("how") == "WAIVED":
        said = say(_("%(who)s waived the payment"), who=who(entry))
        return said + Markup(": %s") % entry.data.get("reason", "")
    if entry.data.get("how") == "DEPOSIT":
        return say(_("%(who)s noted a deposit"), who=who(entry))
    return say(_("%(who)s noted that it is paid"), who=who(entry))


def _visit(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: say(sentence(), who=who(entry), number=entry.data.get("number") or "–")


def _checked(entry: EventEntry) -> Markup:
    if entry.data.get("cover") == "NONE":
        return Markup.escape(_("Checked again: not covered"))
    return Markup.escape(_("Checked again: covered"))


def _visit_moved(entry: EventEntry) -> Markup:
    when = value_word("due_at", entry.data.get("begins_at"))
    if entry.agent_id is None:
        return say(_("The customer moved the visit: %(when)s"), when=when) + written_to(entry)
    return say(_("%(who)s moved the visit: %(when)s"), who=who(entry), when=when) + written_to(entry)


def _about_visit(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: say(sentence(), when=value_word("due_at", entry.data.get("begins_at"))) + written_to(entry)


def _prompt_answered(entry: EventEntry) -> Markup:
    name = entry.data.get("prompt") or "–"
    if entry.data.get("undone"):
        return say(_("%(who)s took back the answer to the prompt %(name)s"), who=who(entry), name=name)
    if entry.data.get("answer") == "REFUSED":
        return say(_("%(who)s: the prompt %(name)s is not wanted"), who=who(entry), name=name)
    return say(_("%(who)s: the prompt %(name)s is done"), who=who(entry), name=name)


_SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    **telling_answers.SENTENCES,
    **telling_calls.SENTENCES,
    **telling_routing.SENTENCES,
    **due_words.SENTENCES,
    Name.TICKET_TAKEN: _taken,
    Name.TICKET_ASSIGNED: _assigned,
    Name.TICKET_RELEASED: _released,
    Name.TICKET_MOVED: _moved,
    Name.TICKET_CHANGED: _changed,
    Name.TICKET_STATE_CHANGED: _state,
    Name.TICKET_RESOLVED: _resolved,
    Name.TICKET_REOPENED: _reopened,
    Name.TICKET_CLOSED: lambda _entry: Markup.escape(_("Closed for good: nobody wrote again")),
    Name.TICKET_LINKED: _about_ref(lambda: _("Linked to %(ref)s")),
    Name.TICKET_UNLINKED: _about_ref(lambda: _("%(who)s removed the link to %(ref)s")),
    Name.TICKET_JOINED: _joined,
    Name.TICKET_CUSTOMER_CHOSEN: _chosen,
    Name.MESSAGE_SEPARATED: _about_ref(lambda: _("%(who)s split a message off into %(ref)s")),
    Name.MESSAGE_BOUNCED: _bounced,
    Name.TASK_ADDED: _about_task(lambda: _("%(who)s added the task %(title)s")),
    Name.TASK_CHANGED: _task_changed,
    Name.TASK_DONE: _about_task(lambda: _("%(who)s completed the task %(title)s")),
    Name.TASK_REOPENED: _about_task(lambda: _("%(who)s reopened the task %(title)s")),
    Name.TASK_CANCELLED: _about_task(lambda: _("%(who)s cancelled the task %(title)s")),
    Name.OUTGOING_SUPPRESSED: _suppressed,
    Name.ENTITLEMENT_CHECKED: _checked,
    Name.ENTITLEMENT_SETTLED: _settled,
    Name.CONTRACT_VISIT_USED: _visit(lambda: _("%(who)s used a visit of %(number)s")),
    Name.CONTRACT_VISIT_RETURNED: _visit(lambda: _("%(who)s gave a visit back to %(number)s")),
    Name.COMPLAINT_TOLD: _told,
    Name.VISIT_BOOKED: _about_visit(lambda: _("The customer booked a visit: %(when)s")),
    Name.VISIT_MOVED: _visit_moved,
    Name.VISIT_CANCELLED: _about_visit(lambda: _("The visit of %(when)s is cancelled")),
    Name.PROMPT_ANSWERED: _prompt_answered,
}
_ICONS = {
    **telling_answers.ICONS,
    **telling_calls.ICONS,
    **telling_routing.ICONS,
    **due_words.ICONS,
    Name.TICKET_TAKEN: "user-check",
    Name.TICKET_ASSIGNED: "user-up",
    Name.TICKET_RELEASED: "inbox",
    Name.TICKET_MOVED: "transfer",
    Name.TICKET_CHANGED: "edit",
    Name.TICKET_STATE_CHANGED: "status-change",
    Name.TICKET_RESOLVED: "circle-check",
    Name.TICKET_REOPENED: "repeat",
    Name.TICKET_CLOSED: "lock",
    Name.TICKET_LINKED: "link",
    Name.TICKET_UNLINKED: "unlink",
    Name.TICKET_JOINED: "git-merge",
    Name.TICKET_CUSTOMER_CHOSEN: "user-question",
    Name.MESSAGE_SEPARATED: "git-fork",
    Name.MESSAGE_BOUNCED: "mail-exclamation",
    Name.TASK_ADDED: "checkbox",
    Name.TASK_CHANGED: "checkbox",
    Name.TASK_DONE: "square-check",
    Name.TASK_REOPENED: "checkbox",
    Name.TASK_CANCELLED: "ban",
    Name.OUTGOING_SUPPRESSED: "mail-off",
    Name.ENTITLEMENT_CHECKED: "shield-check",
    Name.ENTITLEMENT_SETTLED: "coin",
    Name.CONTRACT_VISIT_USED: "tool",
    Name.CONTRACT_VISIT_RETURNED: "arrow-back-up",
    Name.COMPLAINT_TOLD: "message-report",
    Name.VISIT_BOOKED: "calendar-event",
    Name.VISIT_MOVED: "calendar-event",
    Name.VISIT_CANCELLED: "ban",
    Name.PROMPT_ANSWERED: "bulb",
}
FILTERS: dict[str, Callable[..., Any]] = {"told": told, "event_icon": event_icon}
