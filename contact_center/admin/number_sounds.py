"""Settings, a number's calls: recordings of its prompts and its music, uploaded, taken away and brought back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from contact_center import access
from contact_center.admin import line_words, number_calls, reading
from contact_center.calls import lines, sounds
from contact_center.calls.sounds import CallSound
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber

blueprint = Blueprint("number_sounds", __name__, url_prefix="/admin/phone-numbers/<int:number_id>/calls")


@blueprint.url_value_preprocessor
def take_music(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: no more than the largest piece of music, whatever else may be uploaded."""
    if endpoint == "number_sounds.upload" and current_user.is_authenticated and current_user.is_administrator:
        request.max_content_length = sounds.MUSIC_BOUNDS.size + 1024 * 1024


@blueprint.get("/music")
@access.administrator
def listing(number_id: int) -> str:
    """The pieces of music, as a part of the page."""
    number = reading.or_404(PhoneNumber, number_id)
    pieces = number_calls.sound_table(number).get((sounds.MUSIC, ""), [])
    return render_template("admin/_line_music.html", number=number, pieces=pieces, most=sounds.MOST_PIECES)


@blueprint.get("/said")
@access.administrator
def said(number_id: int) -> str:
    """What is said, in words and recorded, as a part of the page."""
    return render_template("admin/_line_said.html", **number_calls.shown(reading.or_404(PhoneNumber, number_id)))


@blueprint.get("/sound")
@access.administrator
def blank(number_id: int) -> str:
    """The dialogue for a recording or a piece of music."""
    number = reading.or_404(PhoneNumber, number_id)
    prompt, language = request.args.get("prompt", ""), request.args.get("language", "")
    bounds = sounds.MUSIC_BOUNDS if prompt == sounds.MUSIC else sounds.PROMPT_BOUNDS
    return render_template(
        "admin/_line_upload.html", number=number, prompt=prompt, language=language, bounds=bounds,
        title=line_words.title(prompt), is_music=prompt == sounds.MUSIC,
    )  # fmt: skip


@blueprint.post("/sound")
@access.administrator
def upload(number_id: int) -> Any:
    """Let callers hear a file from now on. What it replaces can be brought back."""
    number, given = reading.or_404(PhoneNumber, number_id), request.files.get("sound")
    prompt, language = reading.text("prompt"), reading.text("language")
    before = number_calls.sound_table(number).get((prompt, language), []) if prompt != sounds.MUSIC else []
    data = given.read() if given is not None else b""
    made = sounds.add(number, prompt, language, (given.filename or "") if given else "", data, access.me())
    step, sound_id = ("bring_back", before[0].id) if before else ("remove", made.id)
    undo = url_for(f"number_sounds.{step}", number_id=number_id, sound_id=sound_id)
    return _done(_("“%(name)s” is played from now on.", name=made.name), undo)


@blueprint.post("/sound/<int:sound_id>/remove")
@access.administrator
def remove(number_id: int, sound_id: int) -> Any:
    """Speak the words again, or play our own music."""
    number, sound = _found(number_id, sound_id)
    sounds.remove(number, sound, access.me())
    back = url_for("number_sounds.bring_back", number_id=number_id, sound_id=sound_id)
    return _done(_("“%(name)s” is not played any more.", name=sound.name), back)


@blueprint.post("/sound/<int:sound_id>/bring-back")
@access.administrator
def bring_back(number_id: int, sound_id: int) -> Any:
    """Undo: play it again."""
    number, sound = _found(number_id, sound_id)
    sounds.bring_back(number, sound, access.me())
    return _done(_("“%(name)s” is played again.", name=sound.name))


def _found(number_id: int, sound_id: int) -> tuple[PhoneNumber, CallSound]:
    number, sound = reading.or_404(PhoneNumber, number_id), reading.or_404(CallSound, sound_id)
    if sound.number_id != number.id:
        abort(404)
    return number, sound


def _done(text: str, undo: str = "") -> Any:
    db.session.commit()
    lines.forget()
    return jsonify({"toast": {"text": text} | ({"undo": undo, "label": _("Undo")} if undo else {})})
