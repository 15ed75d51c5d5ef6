"""Settings, Phone numbers, one number, Calls: what its callers hear and may choose, and what they go through."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, rows
from contact_center.admin import line_words, reading
from contact_center.calls import choices, line_settings, lines, sounds, trials, wording
from contact_center.calls.lines import CallLine
from contact_center.calls.wording import Prompt
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue

blueprint = Blueprint("number_calls", __name__, url_prefix="/admin/phone-numbers/<int:number_id>/calls")


@blueprint.get("")
@access.administrator
def edit(number_id: int) -> str:
    """The page."""
    number = reading.or_404(PhoneNumber, number_id)
    row = line_settings.of(number)
    return _page(number, row.version, _form_of(row), {})


@blueprint.post("")
@access.administrator
def save(number_id: int) -> Any:
    """Receive calls so from the next one on."""
    number = reading.or_404(PhoneNumber, number_id)
    form = request.form.to_dict()
    try:
        changed = line_settings.change(number, line_settings.read(form, number), reading.version(), access.me())
    except Invalid as error:
        db.session.rollback()
        number = reading.or_404(PhoneNumber, number_id)
        return _page(number, reading.version(), form, error.fields), error.status
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("number_calls.edit", number_id=number_id), 303)


@blueprint.get("/menu")
@access.administrator
def menu(number_id: int) -> str:
    """The choices, as a part of the page."""
    number = reading.or_404(PhoneNumber, number_id)
    return render_template("admin/_line_menu.html", **_menu(number))


@blueprint.get("/flow")
@access.administrator
def flow(number_id: int) -> str:
    """What callers go through, as a part of the page."""
    number = reading.or_404(PhoneNumber, number_id)
    return render_template("admin/_line_flow.html", **_flow(number))


@blueprint.get("/choice")
@access.administrator
def choice(number_id: int) -> str:
    """The dialogue for one choice, or a new one."""
    number = reading.or_404(PhoneNumber, number_id)
    row = line_settings.of(number)
    was = next((one for one in row.choices if one["key"] == request.args.get("key", "")), None)
    keys = sorted([*choices.free_keys(row), *([was["key"]] if was else [])])
    form = choices.form_of(was) if was else {"key": keys[0] if keys else ""}
    return render_template(
        "admin/_line_choice.html", number=number, was=was, form=form, queues=_queues(),
        key_pairs=[(key, key) for key in keys], does=line_words.does().items(), spoken=_spoken(number, row),
    )  # fmt: skip


@blueprint.post("/choice")
@access.administrator
def put_choice(number_id: int) -> Any:
    """Add a choice, or change one."""
    number = reading.or_404(PhoneNumber, number_id)
    made = choices.put(number, request.form.to_dict(), access.me())
    return _done(_("Key %(key)s is saved.", key=made["key"]))


@blueprint.post("/choice/<key>/move")
@access.administrator
def move_choice(number_id: int, key: str) -> Any:
    """Speak it earlier or later, by the arrows or where it was dropped."""
    number, place = reading.or_404(PhoneNumber, number_id), reading.number("to")
    if place is None:
        choices.move(number, key, access.me(), by=reading.step())
    else:
        choices.move(number, key, access.me(), to=place)
    return _done("")


@blueprint.post("/choice/<key>/remove")
@access.administrator
def remove_choice(number_id: int, key: str) -> Any:
    """Take it out of the menu; the answer says how to bring it back."""
    number = reading.or_404(PhoneNumber, number_id)
    gone = choices.remove(number, key, access.me())
    if gone is None:
        abort(404)
    form: dict[str, Any] = {**choices.form_of(gone), "place": gone["place"]}
    back = url_for("number_calls.bring_choice_back", number_id=number_id, **form)
    return _done(_("Key %(key)s is out of the menu.", key=key), undo=back)


@blueprint.post("/choice/bring-back")
@access.administrator
def bring_choice_back(number_id: int) -> Any:
    """Undo: the choice that the address describes is in the menu again."""
    number = reading.or_404(PhoneNumber, number_id)
    choices.bring_back(number, request.args.to_dict(), access.me())
    return _done("")


def _done(text: str, undo: str = "") -> Any:
    """Commit; the parts of the page fetch themselves, and what was typed in the others stays."""
    db.session.commit()
    lines.forget()
    if not text:
        return jsonify({})
    return jsonify({"toast": {"text": text} | ({"undo": undo, "label": _("Undo")} if undo else {})})


def _form_of(row: CallLine) -> dict[str, str]:
    form = {flag: "1" if getattr(row, flag) else "" for flag in line_settings.FLAGS}
    form |= {f"speaks_{code}": "1" for code in row.languages}
    for prompt in Prompt:
        form |= {f"{prompt}_{code}": words for code, words in line_settings.words(row, prompt).items()}
    return form


def _page(number: PhoneNumber, version: int, form: dict[str, str], problems: dict[str, str]) -> str:
    said = shown(number) | {"form": form, "problems": problems}
    return render_template(
        "admin/number_calls.html", version=version, trial=trials.of(access.me(), number), step=line_words.step,
        at=line_words.at, music=sounds.MUSIC, most=sounds.MOST_PIECES, **_menu(number) | _flow(number) | said,
    )  # fmt: skip


def shown(number: PhoneNumber) -> dict[str, Any]:
    """What is said, as it is saved: for the page, and for the part of it that fetches itself."""
    row = line_settings.of(number)
    spoken = _spoken(number, row)
    return {
        "number": number, "spoken": spoken, "abouts": line_words.prompts(), "first": line_words.FIRST,
        "sounds": sound_table(number), "form": _form_of(row), "problems": {},
        "usual": {(prompt, code): wording.usual(prompt, code) for prompt in Prompt for code in spoken},
    }  # fmt: skip


def sound_table(number: PhoneNumber) -> dict[tuple[str, str], list[sounds.CallSound]]:
    """What is recorded, by prompt and language; music under no language."""
    found: dict[tuple[str, str], list[sounds.CallSound]] = {}
    for one in sounds.in_use([number.id]):
        found.setdefault((one.prompt, one.language), []).append(one)
    return found


def _menu(number: PhoneNumber) -> dict[str, Any]:
    row = line_settings.of(number)
    return {
        "number": number, "choices": row.choices, "spoken": _spoken(number, row),
        "has_key": bool(choices.free_keys(row)), "queue_names": rows.called(Queue), "does_words": line_words.does(),
        "does_icon": line_words.icon,
    }  # fmt: skip


def _flow(number: PhoneNumber) -> dict[str, Any]:
    return {"number": number, "path": line_words.overview(lines.shown(number))}


def _spoken(number: PhoneNumber, row: CallLine) -> dict[str, str]:
    """The languages of the line: its own first."""
    codes = [number.language, *(code for code in row.languages if code != number.language)]
    return {code: LANGUAGES[code] for code in codes}


def _queues() -> list[tuple[int, str]]:
    asked = select(Queue.id, Queue.name).where(Queue.is_active).order_by(Queue.position, Queue.name)
    return [(row.id, row.name) for row in db.session.execute(asked)]
