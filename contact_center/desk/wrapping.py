"""Wrapping up what one has answered: taking the time, and ending it with a word on how it ended where one is wanted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access
from contact_center.desk import asked
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.routing import wrapping
from contact_center.text.lines import one_line
from contact_center.tickets.messages import Interaction

blueprint = Blueprint("wrapping", __name__, url_prefix="/desk/wrapping")
LONGEST = 100


@blueprint.post("/<int:interaction_id>/begin")
@access.agent
def begin(interaction_id: int) -> Any:
    """Take the time, where the queue leaves it to oneself."""
    wrapping.begin(_mine_or_404(interaction_id), access.me())
    db.session.commit()
    return asked.done()


@blueprint.post("/<int:interaction_id>/done")
@access.agent
def done(interaction_id: int) -> Any:
    """Nothing is left to do; `disposition` says how it ended."""
    wrapping.finish(_mine_or_404(interaction_id), access.me(), _disposition() or None)
    db.session.commit()
    return asked.done()


def _mine_or_404(interaction_id: int) -> int:
    mine = select(Interaction.id).where(Interaction.id == interaction_id, Interaction.agent_id == access.me().id)
    return db.session.scalar(mine) or abort(404)


def _disposition() -> str:
    try:
        return one_line(request.form.get("disposition", ""), LONGEST)
    except ValueError:
        sentence = _("Say it in a few words: %(longest)d letters at most.", longest=LONGEST)
        raise Invalid(sentence, {"disposition": sentence}) from None
