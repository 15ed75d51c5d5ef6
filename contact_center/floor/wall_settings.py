"""What supervisors set about the wallboard: from when a figure warns and alarms, and the links of televisions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once, rows
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.floor import wall_words
from contact_center.floor.wallboard import EVERY, asked, queues_of
from contact_center.queues.models import Queue
from contact_center.text import amounts, durations
from contact_center.wall import limits, screens
from contact_center.wall.limits import SECONDS
from contact_center.wall.models import Figure, WallScreen
from contact_center.wall.views import View, read_all

blueprint = Blueprint("wall_settings", __name__, url_prefix="/floor/wallboard")
for name, speak in wall_words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)


@blueprint.get("/limits")
@access.supervisor
def limits_page() -> str:
    """The limits of everything, or those of one queue of its own."""
    return _limits(_queue())


@blueprint.post("/limits")
@access.supervisor
def save_limits() -> Any:
    """Set them. A queue's field that is empty follows the general limit."""
    queue = _queue()
    wrong: dict[str, str] = {}
    wanted = {figure: _read(figure, queue, wrong) for figure in Figure}
    if wrong:
        return _limits(queue, wrong), 422
    if limits.set_all(queue, wanted, access.me()):
        flash(_("The limits are saved. Walls follow within a second."), "success")
    db.session.commit()
    return redirect(url_for(".limits_page", queue=queue.id if queue else None), 303)


@blueprint.get("/screens")
@access.supervisor
def screens_page() -> str:
    """The links of televisions, and a form for another one, which begins with the views of the address."""
    return _screens(None)


@blueprint.post("/screens")
@access.supervisor
def make_screen() -> Any:
    """Make a link and show it: this once, on the page that answers."""
    made: list[str] = []

    def make() -> WallScreen:
        screen, key = _made()
        made.append(key)
        return screen

    try:
        screen = once.made(WallScreen, make)
    except Invalid as error:
        db.session.rollback()
        return _screens(None, error.fields), error.status
    db.session.commit()
    if not made:
        flash(_("This link was made already. If it was not kept, revoke it and make another."), "info")
    shown = {"name": screen.name, "url": url_for("wallboard.screen", token=made[0], _external=True)} if made else None
    return _screens(shown), 200, {"Cache-Control": "no-store"}


@blueprint.post("/screens/<int:screen_id>/revoke")
@access.supervisor
def revoke_screen(screen_id: int) -> Any:
    """End a link; whatever shows it is told and goes dark within seconds."""
    mine = {screen.id: screen for screen in screens.listed(access.me())}
    screen = mine.get(screen_id) or abort(404)
    screens.revoke(screen, access.me())
    db.session.commit()
    flash(_("The link “%(name)s” is revoked: what shows it goes dark.", name=screen.name), "success")
    return redirect(url_for(".screens_page"), 303)


def _limits(queue: Queue | None, wrong: dict[str, str] | None = None) -> str:
    return render_template(
        "floor/wall_limits.html", page="wallboard", queue=queue, queues=queues_of(screens.visible(access.me())),
        limits=limits.listed(queue.id if queue else None), general=limits.listed(None), figures=_figures(queue),
        wrong=wrong or {}, typed=request.form if wrong else {}, seconds=SECONDS, FALLING=limits.FALLING,
        TIMERS=limits.TIMERS,
    )  # fmt: skip


def _figures(queue: Queue | None) -> list[Figure]:
    """Those with limits: agents belong to no single queue."""
    return [figure for figure in Figure if queue is None or figure not in limits.TIMERS]


def _queue() -> Queue | None:
    """The queue that the address names, if the viewer sees it."""
    chosen = rows.number(request.values.get("queue", "")) or 0
    if not chosen:
        return None
    return next((queue for queue in queues_of(screens.visible(access.me())) if queue.id == chosen), None) or abort(404)


def _read(figure: Figure, queue: Queue | None, wrong: dict[str, str]) -> dict[str, Any] | None:
    """What the form says of one figure; None if a queue has no limit of its own. Sentences go into *wrong*."""
    typed = {part: request.form.get(f"{part}_{figure}", "").strip() for part in ("warn", "alarm", "slack")}
    if figure not in _figures(queue) or (queue is not None and not typed["warn"] and not typed["alarm"]):
        return None
    try:
        values = {part: _value(figure, text or ("0" if part == "slack" else "")) for part, text in typed.items()}
        fields = limits.checked(figure, **values)
    except ValueError as error:
        wrong[figure] = str(error)
        return None
    sounds = request.form.get(f"sounds_{figure}") == "1"
    return fields | {"sounds": sounds, "version": rows.number(request.form.get(f"version_{figure}", "")) or 0}


def _value(figure: Figure, typed: str) -> float:
    if figure in SECONDS:
        return float(durations.read(typed, 0, limits.MOST))
    return float(amounts.decimal(typed, Decimal(0), Decimal(limits.MOST), places=1))


def _made() -> tuple[WallScreen, str]:
    try:
        views = read_all(request.form.getlist("view"))
        seconds = durations.read(request.form.get("seconds", ""), 5, 3600)
    except ValueError as error:
        raise Invalid(str(error), {"seconds": str(error)}) from None
    return screens.make(
        access.me(), request.form.get("name", ""), views, seconds=seconds,
        language=request.form.get("language", ""), theme=request.form.get("theme", ""),
        names_agents=request.form.get("names_agents") == "1",
    )  # fmt: skip


def _views() -> list[View]:
    """Those of a form that was refused."""
    try:
        return read_all(request.form.getlist("view"))
    except ValueError:
        return asked()


def _screens(shown: dict[str, str] | None, problems: dict[str, str] | None = None) -> str:
    """What is wrong with the form stands in it, with what was typed."""
    typed = request.form if problems else {}
    views = _views() if problems else asked()
    return render_template(
        "floor/wall_screens.html", page="wallboard", screens=screens.listed(access.me()), shown=shown,
        views=[str(view) for view in views], every=request.args.get("every", EVERY), languages=LANGUAGES,
        queue_names=rows.called(Queue), problems=problems or {}, typed=typed,
    )  # fmt: skip
