"""The answer to a stale save: theirs and yours in words, and the version on which yours could be saved all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import jsonify

from contact_center import pages
from contact_center.errors import Stale
from contact_center.extensions import db

Words = dict[str, tuple[str, Callable[[Any], str]]]  # field -> what it is called, how a value is said


def answer(stale: Stale, row: Any, words: Words) -> Any:
    """What scripts show as a comparison; without scripts the page with the sentence."""
    if not pages.wants_fragment():
        raise stale
    version = row.version
    difference = {
        field: [words[field][1](yours), words[field][1](now)] for field, (yours, now) in stale.difference.items()
    }
    labels = {field: words[field][0] for field in difference}
    db.session.rollback()
    return jsonify(error=stale.sentence, difference=difference, labels=labels, version=version), stale.status
