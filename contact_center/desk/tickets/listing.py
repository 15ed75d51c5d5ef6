"""The list of tickets: filters, sort, pages, and its live refresh, which never moves a row under somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.desk import asked
from contact_center.desk.tickets import filters
from contact_center.desk.tickets.filters import Asked
from contact_center.extensions import db
from contact_center.tickets import lists, tags
from contact_center.tickets.lists import Filter, Page, Row, Sort
from contact_center.tickets.models import Priority, RequestKind, TicketState

blueprint = Blueprint("listing", __name__)
ROWS = 50


@dataclass(frozen=True)
class Shown:
    """The rows of a page as they stand, how many newer ones wait above them, and the pages around."""

    rows: list[Row]
    newer: int
    page: Page


@blueprint.get("")
@access.agent
def show() -> str:
    """A page of the list."""
    current = Asked.of_request()
    page = _page(current)
    return render_template("desk/tickets/list.html", **_context(current, Shown(page.rows, 0, page)))


@blueprint.get("/rows")
@access.agent
def rows() -> str:
    """The same page again for whoever has it open: `shown` are the tickets that stand there, in their order."""
    current = Asked.of_request()
    return render_template("desk/tickets/_list.html", **_context(current, _kept(_page(current))))


@blueprint.get("/left")
@access.agent
def left() -> str:
    """The inside of the left column of the lists."""
    here = {"new": ""} if request.args.get("new") else Asked.of_request().args
    return render_template("desk/tickets/_lists.html", here=here, counts=lists.counts(access.me()))


@blueprint.get("/filters")
@access.agent
def menu() -> str:
    """The inside of the menu that adds a filter."""
    others = select(Agent).where(Agent.active, Agent.id != access.me().id).order_by(Agent.name)
    return render_template(
        "desk/tickets/_filters.html",
        current=Asked.of_request(),
        href=filters.href,
        counts=lists.counts(access.me()),
        owners=db.session.scalars(others.options(lazyload(Agent.roles))).all(),
        tags=tags.suggestions(access.me(), limit=12),
        states=TicketState,
        kinds=RequestKind,
        priorities=Priority,
        channels=filters.CHANNELS,
        since=filters.SINCE,
        since_word=filters.since_word,
        due=filters.DUE,
        due_word=filters.due_word,
    )


def _page(current: Asked) -> Page:
    after, before = request.args.get("after"), request.args.get("before")
    return lists.page(access.me(), current.filter, after=after, before=before, sort=current.sort, limit=ROWS)


def _kept(fresh: Page) -> Shown:
    """The rows that stand there with what they say now; what belongs above them only counts, what follows is added."""
    shown = [number for number in map(asked.whole, request.args.get("shown", "").split(",")) if number][:ROWS]
    if not shown:
        return Shown(fresh.rows, 0, fresh)
    by_id = {row.id: row for row in fresh.rows}
    by_id |= {row.id: row for row in lists.by_ids(access.me(), [one for one in shown if one not in by_id])}
    places = [at for at, row in enumerate(fresh.rows) if row.id in shown]
    follow = [row for row in fresh.rows[max(places, default=-1) + 1 :] if row.id not in shown]
    follow = follow[: ROWS - len(shown)] if not fresh.next else []
    newer = sum(row.id not in shown for row in fresh.rows) - len(follow)
    is_first = not request.args.get("after") and not request.args.get("before")
    return Shown([by_id[one] for one in shown if one in by_id] + follow, newer if is_first else 0, fresh)


def _context(current: Asked, shown: Shown) -> dict[str, Any]:
    agent = access.me()
    counts = lists.counts(agent)
    place = {name: request.args[name] for name in ("after", "before") if request.args.get(name)}
    ids = ",".join(str(row.id) for row in shown.rows)
    return {
        "current": current,
        "counts": counts,
        "counted": lists.count(agent, current.filter),
        "chips": filters.chips(current, counts),
        "shown": shown,
        "href": filters.href,
        "place": place,
        "live_src": url_for("tickets.listing.rows", **current.args, **place, shown=ids),  # type: ignore[arg-type]
        "instead": None if shown.rows or shown.page.is_cut else _instead(agent, current),
        "sorts": Sort,
    }


def _instead(agent: Agent, current: Asked) -> tuple[str, int] | None:
    """The one filter that hides everything, and how many tickets there are without it."""
    for name in reversed(current.active()):
        without: Filter = current.without(name)
        if found := lists.count(agent, without)[0]:
            return name, found
    return None
