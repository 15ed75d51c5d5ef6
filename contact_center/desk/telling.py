"""What happened to a ticket, as one sentence for the conversation; templates use `told` and `event_icon` as filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import pages
from contact_center.config import LANGUAGES
from contact_center.desk import due_words, words
from contact_center.events.names import Name
from contact_center.text.addresses import email_display
from contact_center.tickets.conversation import EventEntry


def told(entry: EventEntry) -> Markup:
    """The sentence, its names in bold. Everything in it that people wrote is escaped."""
    speak = _SENTENCES.get(entry.name)
    return speak(entry) if speak else Markup("")


def event_icon(entry: EventEntry) -> str:
    return _ICONS.get(entry.name, "point")


def field_word(name: str) -> str:
    """A ticket's field as the screen calls it."""
    return {
        "subject": _("Subject"),
        "priority": _("Priority"),
        "kind": _("Kind"),
        "tags": _("Tags"),
        "order_number": _("Order number"),
        "language": _("Language"),
        "title": _("What"),
        "owner": _("Owner"),
        "due_at": _("Due"),
    }.get(name, name)


def value_word(name: str, value: Any) -> str:
    """A field's value as the screen says it; a dash for nothing."""
    if value in (None, "", []):
        return "–"
    if name == "due_at":
        return str(current_app.jinja_env.filters["when"](datetime.fromisoformat(value)))
    if name == "tags":
        return pages.listed(value)
    speak = _VALUES.get(name)
    return speak(value) if speak else str(value)


_VALUES: dict[str, Callable[[str], str]] = {
    "priority": words.priority_short,
    "kind": words.request_word,
    "state": words.state_word,
    "language": lambda code: LANGUAGES.get(code, code),
}


def _say(sentence: str, **names: Any) -> Markup:
    """Put *names* into a translated sentence, in bold."""
    return Markup(sentence) % {name: Markup("<b>%s</b>") % value for name, value in names.items()}  # noqa: S704 (ours)


def _who(entry: EventEntry) -> str:
    return entry.agent or _("The system")


def _taken(entry: EventEntry) -> Markup:
    return _say(_("%(who)s took the ticket"), who=_who(entry))


def _assigned(entry: EventEntry) -> Markup:
    to = entry.changes.get("assignee", [None, None])[1]
    if to == entry.agent:
        return _taken(entry)
    return _say(_("%(who)s assigned it to %(to)s"), who=_who(entry), to=to or _("Nobody"))


def _moved(entry: EventEntry) -> Markup:
    old, new = entry.changes.get("queue", [None, None])
    return _say(_("%(who)s moved it from %(old)s to %(new)s"), who=_who(entry), old=old or "–", new=new or "–")


def _changed(entry: EventEntry) -> Markup:
    parts = [_say(_("%(who)s changed it"), who=_who(entry)), *_differences(entry)]
    return Markup(" · ").join(parts)


def _differences(entry: EventEntry) -> Iterator[Markup]:
    for name, (old, new) in entry.changes.items():
        if name == "tags":
            yield _tag_difference(old or [], new or [])
        elif old in (None, "") or name == "priority":
            yield Markup("%s <b>%s</b>") % (field_word(name), value_word(name, new))
        else:
            yield Markup("%s %s → <b>%s</b>") % (field_word(name), value_word(name, old), value_word(name, new))


def _tag_difference(old: list[str], new: list[str]) -> Markup:
    added = [Markup("+ <b>%s</b>") % tag for tag in new if tag not in old]
    taken = [Markup("− <b>%s</b>") % tag for tag in old if tag not in new]
    return Markup(" ").join([Markup.escape(_("Tags")), *added, *taken])


def _state(entry: EventEntry) -> Markup:
    old, new = entry.changes.get("state", [None, None])
    if not old or not new:
        return _say(_("%(who)s changed the state"), who=_who(entry))
    change = {"old": words.state_word(old), "new": words.state_word(new)}
    return _say(_("%(who)s: %(old)s → %(new)s"), who=_who(entry), **change)


def _reopened(entry: EventEntry) -> Markup:
    if entry.agent_id is None:
        return Markup.escape(_("Reopened: the customer wrote"))
    return _say(_("%(who)s reopened it"), who=_who(entry))


def _resolved(entry: EventEntry) -> Markup:
    if entry.data.get("by") == "customer":
        return Markup.escape(_("The customer says that it is solved"))
    return _say(_("%(who)s resolved it"), who=_who(entry))


def _joined(entry: EventEntry) -> Markup:
    if into := entry.data.get("into"):
        return _say(_("%(who)s merged this ticket into %(ref)s"), who=_who(entry), ref=into)
    return _say(_("%(who)s merged %(ref)s into this ticket"), who=_who(entry), ref=entry.data.get("other") or "–")


def _chosen(entry: EventEntry) -> Markup:
    name = (entry.data.get("words", {}).get("customer_id") or [None, None])[1]
    if entry.data.get("undone"):
        return _say(_("%(who)s undid the choice of the customer"), who=_who(entry))
    return _say(_("%(who)s chose the customer: %(name)s"), who=_who(entry), name=name or "–")


def _bounced(entry: EventEntry) -> Markup:
    said = _say(_("Mail to %(address)s came back"), address=entry.data.get("recipient") or "–")
    reason = entry.data.get("reason")
    return said + Markup(": %s") % reason if reason else said


def _suppressed(entry: EventEntry) -> Markup:
    address = entry.data.get("recipient") or "–"
    if entry.data.get("reason") == "bounced":
        return _say(_("No automatic mail to %(address)s: mail to it came back before"), address=address)
    if entry.data.get("reason") == "consent":
        return _say(_("No mail to %(address)s: the customer does not want it"), address=address)
    return _say(_("No automatic mail to %(address)s: too many were sent lately"), address=address)


def _told(entry: EventEntry) -> Markup:
    names = pages.listed([*entry.data.get("people", []), *entry.data.get("addresses", [])])
    return _say(
        _("Tier %(tier)s: %(names)s were told of the complaint"), tier=entry.data.get("tier") or "–", names=names
    )


def _about_ref(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: _say(sentence(), who=_who(entry), ref=entry.data.get("other") or "–")


def _about_task(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: _say(sentence(), who=_who(entry), title=entry.data.get("title") or "–")


def _task_changed(entry: EventEntry) -> Markup:
    said = _say(_("%(who)s changed the task %(title)s"), who=_who(entry), title=entry.data.get("title") or "–")
    return Markup(" · ").join([said, *_differences(entry)])


def _settled(entry: EventEntry) -> Markup:
    if entry.data.get("undone"):
        return _say(_("%(who)s took back that it is settled"), who=_who(entry))
    if entry.data.get("how") == "WAIVED":
        said = _say(_("%(who)s waived the payment"), who=_who(entry))
        return said + Markup(": %s") % entry.data.get("reason", "")
    if entry.data.get("how") == "DEPOSIT":
        return _say(_("%(who)s noted a deposit"), who=_who(entry))
    return _say(_("%(who)s noted that it is paid"), who=_who(entry))


def _visit(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: _say(sentence(), who=_who(entry), number=entry.data.get("number") or "–")


def _checked(entry: EventEntry) -> Markup:
    if entry.data.get("cover") == "NONE":
        return Markup.escape(_("Checked again: not covered"))
    return Markup.escape(_("Checked again: covered"))


def _visit_moved(entry: EventEntry) -> Markup:
    when = value_word("due_at", entry.data.get("begins_at"))
    if entry.agent_id is None:
        return _say(_("The customer moved the visit: %(when)s"), when=when) + _written_to(entry)
    return _say(_("%(who)s moved the visit: %(when)s"), who=_who(entry), when=when) + _written_to(entry)


def _about_visit(sentence: Callable[[], str]) -> Callable[[EventEntry], Markup]:
    return lambda entry: _say(sentence(), when=value_word("due_at", entry.data.get("begins_at"))) + _written_to(entry)


def _written_to(entry: EventEntry) -> Markup:
    told = entry.data.get("told")
    return Markup(" · ") + _say(_("told %(address)s by e-mail"), address=email_display(told)) if told else Markup("")


def _prompt_answered(entry: EventEntry) -> Markup:
    name = entry.data.get("prompt") or "–"
    if entry.data.get("undone"):
        return _say(_("%(who)s took back the answer to the prompt %(name)s"), who=_who(entry), name=name)
    if entry.data.get("answer") == "REFUSED":
        return _say(_("%(who)s: the prompt %(name)s is not wanted"), who=_who(entry), name=name)
    return _say(_("%(who)s: the prompt %(name)s is done"), who=_who(entry), name=name)


def _placed(entry: EventEntry) -> Markup:
    told = entry.data
    if told.get("rule") is None:
        said = _say(_("Put into %(queue)s, the queue it came in by: no rule fits"), queue=told.get("queue") or "–")
    else:
        names = {"queue": told.get("queue") or "–", "rule": told.get("name") or "–"}
        said = _say(_("Put into %(queue)s by the rule %(rule)s"), **names)
    seen = current_app.jinja_env.filters["placed_word"](told)
    return said + Markup(" · %s") % seen if seen else said


_SENTENCES: dict[Name, Callable[[EventEntry], Markup]] = {
    Name.TICKET_TAKEN: _taken,
    Name.TICKET_ASSIGNED: _assigned,
    Name.TICKET_RELEASED: lambda entry: _say(_("%(who)s returned it to the queue"), who=_who(entry)),
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
    **due_words.SENTENCES,
    Name.INTERACTION_PLACED: _placed,
    Name.VISIT_BOOKED: _about_visit(lambda: _("The customer booked a visit: %(when)s")),
    Name.VISIT_MOVED: _visit_moved,
    Name.VISIT_CANCELLED: _about_visit(lambda: _("The visit of %(when)s is cancelled")),
    Name.PROMPT_ANSWERED: _prompt_answered,
}
_ICONS = {
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
    **due_words.ICONS,
    Name.INTERACTION_PLACED: "route",
    Name.VISIT_BOOKED: "calendar-event",
    Name.VISIT_MOVED: "calendar-event",
    Name.VISIT_CANCELLED: "ban",
    Name.PROMPT_ANSWERED: "bulb",
}
FILTERS: dict[str, Callable[..., Any]] = {"told": told, "event_icon": event_icon}
