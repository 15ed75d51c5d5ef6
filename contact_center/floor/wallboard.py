"""The wallboard: for supervisors and, by a link, for televisions. A page without figures: those come by the socket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, request
from sqlalchemy import select

from contact_center import access, rows
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.floor import wall_words
from contact_center.queues.models import Queue
from contact_center.tickets.inbound import CHANNELS
from contact_center.wall import screens
from contact_center.wall.views import View, read_all

blueprint = Blueprint("wallboard", __name__)
EVERY = 20  # seconds for each of several views


@blueprint.get("/floor/wallboard")
@access.supervisor
def show() -> str:
    """The wall. Each `view` is a part of the floor; several take turns, each for `every` seconds."""
    every = rows.number(request.args.get("every", "")) or EVERY
    return _page(asked(), min(max(every, 5), 3600), screens.visible(access.me()))


@blueprint.get("/wall/<token>")
@access.public
def screen(token: str) -> Any:
    """The wall on a television, in the language and the colours of its link; its key is its whole authority."""
    link = screens.holder(token) or abort(404)
    if screens.note_use(link):
        db.session.commit()
    g.language = link.language
    g.time_zone = current_app.config["CC"].time_zone
    page = _page(screens.views(link), link.seconds, screens.visible(link.agent), key=token, theme=link.theme)
    return page, 200, {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


def asked() -> list[View]:
    """The views that the address names; a page that cannot be read shows everything."""
    try:
        return read_all(request.args.getlist("view"))
    except ValueError:
        return [View()]


def queues_of(ids: Sequence[int]) -> list[Queue]:
    """Those of the queues that are open, in their order."""
    listed = select(Queue).where(Queue.id.in_(ids), Queue.is_active).order_by(Queue.position, Queue.name)
    return list(db.session.scalars(listed))


def _page(views: Sequence[View], every: int, visible: Sequence[int], *, key: str = "", theme: str = "") -> str:
    look, queues = {"theme": theme} if theme else {}, queues_of(visible)
    return render_template(
        "floor/wallboard.html", views=[str(view) for view in views], every=every, queues=queues, key=key,
        known={queue.id: queue.name for queue in queues}, tiers=TIERS, channels=CHANNELS, **look,
        formulas=wall_words.formulas(), zone=current_app.config["CC"].time_zone,
    )  # fmt: skip
