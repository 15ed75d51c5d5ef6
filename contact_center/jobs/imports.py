"""The import that was started on a screen: claimed, gone on with for a while, left for the next turn.

Called by the tasks. Commits after every chunk, so that a killed worker costs one chunk.
"""

from __future__ import annotations

import logging

from flask_babel import force_locale

from contact_center.events import bus
from contact_center.extensions import db
from contact_center.importing import claims, runs, work
from contact_center.importing.models import ImportRun
from contact_center.text.sayings import gettext

_log = logging.getLogger(__name__)


def go_on(run_id: int, *, seconds: float) -> bool:
    """Work on a run unless somebody does; returns whether there is more to do.

    A file that the command reads where it lies is the command's: it is told of like any other, and left alone.
    """
    if not claims.is_uploaded(run_id):
        db.session.rollback()
        return False
    with claims.worker_of(run_id) as claim:
        if claim is None:
            db.session.rollback()
            return False
        run = db.session.get_one(ImportRun, run_id)
        path, language = runs.path_of(run), run.agent.language if run.agent else "en"
        if path is None:
            claims.fail(run_id, claim, gettext("The uploaded file is not there any more."))
            db.session.commit()
            return False
        with bus.muted(), force_locale(language):
            _work(run_id, work.steps(run_id, claim, path, seconds=seconds))
    return db.session.get_one(ImportRun, run_id, populate_existing=True).is_working


def _work(run_id: int, steps: work.Steps) -> None:
    try:
        for _rows in steps:
            db.session.commit()
    except work.Lost:
        db.session.rollback()
    except Exception:  # noqa: BLE001 (whatever it is, the sweeper tries again and in the end gives up)
        db.session.rollback()
        _log.exception("import %s broke and will be tried again", run_id)


def waiting() -> list[int]:
    """The runs that nobody works on."""
    found = claims.waiting()
    db.session.commit()
    return found


def sweep() -> None:
    """Forget the files of old imports."""
    while runs.sweep():
        db.session.commit()
    db.session.commit()
