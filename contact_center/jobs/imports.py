"""The import that was started on a screen: claimed, gone on with for a while, left for the next turn.

Called by the tasks. Commits after every chunk, so that a killed worker costs one chunk.
"""

from __future__ import annotations

import logging

from flask_babel import force_locale

from contact_center.events import bus
from contact_center.extensions import db
from contact_center.importing import runs, work
from contact_center.importing.models import ImportRun
from contact_center.text.sayings import gettext

_log = logging.getLogger(__name__)


def go_on(run_id: int, *, seconds: float) -> bool:
    """Work on a run unless somebody does; returns whether there is more to do."""
    token = runs.claim(run_id)
    db.session.commit()
    if token is None:
        return False
    run = db.session.get_one(ImportRun, run_id)
    path, language = runs.path_of(run), run.agent.language if run.agent else None
    if path is None:
        runs.fail(run_id, token, gettext("The uploaded file is not there any more."))
        db.session.commit()
        return False
    with bus.muted(), force_locale(language or "en"):
        return _work(run_id, token, work.steps(run_id, token, path, seconds=seconds))


def _work(run_id: int, token: str, steps: work.Steps) -> bool:
    try:
        for _rows in steps:
            db.session.commit()
    except work.Lost:
        db.session.rollback()
        return False
    except Exception:  # noqa: BLE001 (whatever it is, the sweeper tries again and in the end gives up)
        db.session.rollback()
        runs.release(run_id, token)
        db.session.commit()
        _log.exception("import %s broke and will be tried again", run_id)
        return False
    runs.release(run_id, token)
    db.session.commit()
    return db.session.get_one(ImportRun, run_id, populate_existing=True).is_working


def waiting() -> list[int]:
    """The runs that nobody works on."""
    found = runs.waiting()
    db.session.commit()
    return found


def sweep() -> None:
    """Forget the files of old imports."""
    while runs.sweep():
        db.session.commit()
    db.session.commit()
