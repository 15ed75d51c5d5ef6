"""The skills that a queue or a placement rule asks for and how the asking eases: read from a form, checked, and said in
one sentence.

`queues.easing` computes with them. Here is what people type and read: settings' doors call this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.errors import Invalid
from contact_center.queues import easing
from contact_center.text import durations

LONGEST = 7 * 86400  # seconds that a step may come after
ANYONE = "anyone"


def read(form: Mapping[str, str], known: Collection[int]) -> dict[str, int]:
    """`ask_<skill id>` of a form, a level or nothing, as skill id → least level. Raises Invalid."""
    asks: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for skill_id in numbered(form, "ask"):
        level = form[f"ask_{skill_id}"]
        if level not in ("", "1", "2", "3", "4", "5"):
            wrong[f"ask_{skill_id}"] = _("Choose a level from 1 to 5.")
        elif level and skill_id not in known:
            wrong[f"ask_{skill_id}"] = _("This skill does not exist any more.")
        elif level:
            asks[str(skill_id)] = int(level)
    Invalid.raise_for(wrong)
    return asks


def read_easing(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """`ease_after_N` and `ease_to_N` (levels less, or anyone) of a form as steps. Raises Invalid with everything wrong.

    Steps that contradict each other are refused: each comes later than the one before it and asks for less.
    """
    steps: list[dict[str, Any]] = []
    wrong: dict[str, str] = {}
    for n in numbered(form, "ease_after"):
        if not form[f"ease_after_{n}"].strip():
            continue
        try:
            steps.append(_step(form[f"ease_after_{n}"], form.get(f"ease_to_{n}", ""), steps[-1:]))
        except Invalid as error:
            wrong |= {f"{name}_{n}": sentence for name, sentence in error.fields.items()}
    Invalid.raise_for(wrong)
    return steps


def said(asks: easing.Asks, steps: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> str:
    """What is asked for and when it becomes less: `First French 4+; after 30 s French 3+; …`."""
    if not asks:
        return _("Asks for no skills: every member may get the work.")
    phases = list(_phases(asks, steps))
    words = [_("First %(skills)s", skills=_skills(asks, names)) if len(phases) > 1 else _skills(asks, names)]
    for after, left in phases[1:]:
        skills = _skills(left, names) if left else _("anyone in the queue")
        words.append(_("after %(time)s %(skills)s", time=durations.say(after), skills=skills))
    return _("; ").join(words) + _(".")


def least(skill: str, level: int) -> str:
    """A skill with the least level that is asked for, wherever that is read: `French 4+`; nothing is above 5."""
    if level == 5:
        return _("%(skill)s %(level)d", skill=skill, level=level)
    return _("%(skill)s %(level)d+", skill=skill, level=level)


def asked(row_asks: Mapping[str, Any]) -> easing.Asks:
    """What a row keeps, as `easing` computes with it."""
    return easing.parse(easing.write(row_asks))


def numbered(form: Mapping[str, str], prefix: str) -> list[int]:
    """The numbers N of a form's fields `prefix_N`, in their order."""
    found = (rows.number(name.removeprefix(f"{prefix}_")) for name in form if name.startswith(f"{prefix}_"))
    return sorted(number for number in found if number is not None)


def _step(after: str, to: str, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    try:
        step: dict[str, Any] = {"after": durations.read(after, 1, LONGEST)}
    except ValueError as error:
        raise Invalid(str(error), {"ease_after": str(error)}) from None
    if to not in (ANYONE, "1", "2", "3", "4"):
        raise Invalid("", {"ease_to": _("Choose what becomes of it.")})
    step |= {"anyone": True} if to == ANYONE else {"lower": int(to)}
    for last in before:
        if step["after"] <= last["after"]:
            sentence = _(
                "This step has to come later than the one before it (%(time)s).", time=durations.say(last["after"])
            )
            raise Invalid(sentence, {"ease_after": sentence})
        if last.get("anyone") or (not step.get("anyone") and step["lower"] <= last["lower"]):
            raise Invalid("", {"ease_to": _("This step has to ask for less than the one before it.")})
    return step


def _phases(asks: easing.Asks, steps: Sequence[Mapping[str, Any]]) -> Iterable[tuple[int, easing.Asks]]:
    """From how many seconds on what is asked for; steps that change nothing are passed over."""
    now, later = easing.eased(asks, steps, 0)
    yield 0, now
    while later is not None:
        after, before = later, now
        now, later = easing.eased(asks, steps, after)
        if now != before:
            yield int(after), now


def _skills(asks: easing.Asks, names: Mapping[int, str]) -> str:
    words = [least(names.get(skill, _("a skill that is gone")), level) for skill, level in asks]
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s", some=_(", ").join(words[:-1]), last=words[-1])
