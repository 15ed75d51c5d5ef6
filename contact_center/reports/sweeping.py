"""Follow what changes: read which rows the triggers have noted, find which others depend on them, and roll them anew.

The clock calls `sweep` every two seconds; one at a time. What is noted in a transaction that is not committed yet is
seen by the next one: nothing is skipped. `rebuild` counts a view from nothing, in slices, and goes on after a crash.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text

from contact_center.extensions import db
from contact_center.reports import rolling
from contact_center.reports.models import RollUp
from contact_center.reports.rolled import ROLLED
from contact_center.statement import Statement

TAKES = 2_000  # notes at a time
SLICE = 20_000  # ids of a view that are counted in one transaction while it is built
_LOCK = 7_461_009
Ids = dict[str, set[int]]  # view → its rows


_PLAN = Statement("SELECT set_config('enable_seqscan', :may, true), set_config('enable_mergejoin', :may, true)")


def sweep() -> int:
    """Follow what is noted, some thousands of notes; returns how many. Call and commit until 0."""
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))) or not is_built():
        return 0
    taken = _TAKE.rows({"most": TAKES})
    if taken:
        # A few rows by their ids, always: also while the statistics still say that the tables are small.
        _PLAN.run({"may": "off"})
        noted: Ids = {}
        for note in taken:
            noted.setdefault(note.what, set()).add(note.row_id)
        zone = current_app.config["CC"].time_zone
        for view, ids in _concerned(noted).items():
            rolling.roll(view, ids, zone)
        _PLAN.run({"may": "on"})
    return len(taken)


def built() -> dict[str, str]:
    """The views whose roll-ups are complete, with the zone of their days."""
    found = db.session.execute(select(RollUp.view, RollUp.zone).where(RollUp.is_complete))
    return {row.view: row.zone for row in found}


def is_built(*views: str) -> bool:
    """Whether these, or all, are complete and of the installation's zone."""
    zone = current_app.config["CC"].time_zone
    found = built()
    return all(found.get(view) == zone for view in views or ROLLED)


def build(seconds: float, commit: Callable[[], None]) -> bool:
    """Count for a while what is not built yet; returns whether all is. *commit* is called after each slice."""
    end = time.monotonic() + seconds
    for view in ROLLED:
        while not is_built(view):
            if time.monotonic() > end or not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
                commit()
                return False
            _build_slice(view)
            commit()
    return True


def forget() -> None:
    """Let everything be counted from nothing. Until that is done, figures come from the raw rows."""
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    db.session.execute(text("UPDATE report_rollup SET is_complete = false, built_to = NULL"))


def rebuild(commit: Callable[[], None]) -> None:
    """Count everything from nothing, and wait for it."""
    forget()
    commit()
    while not build(60.0, commit):
        time.sleep(0.2)


def _build_slice(view: str) -> None:
    """The next rows of a view, or, behind the last one, its months."""
    rolled, zone = ROLLED[view], current_app.config["CC"].time_zone
    state = db.session.get(RollUp, view, with_for_update=True, populate_existing=True)
    if state is None or state.zone != zone or state.built_to is None:
        db.session.execute(text(f"TRUNCATE {rolled.rows.name}, {rolled.sums.name}"))
        state = state or RollUp(view=view)
        state.zone, state.built_to, state.is_complete = zone, _first(view) - 1, False
        db.session.add(state)
    last = _last(view)
    if state.built_to >= last:
        rolling.sum_months(view, zone)
        state.is_complete = True
    else:
        rolling.fill(view, state.built_to + 1, state.built_to + SLICE, zone)
        state.built_to = state.built_to + SLICE
    db.session.flush()


def _first(view: str) -> int:
    """The least id a row of the view can have."""
    least = db.session.scalar(text(f"SELECT min(id) FROM {_SOURCES[view]}"))
    return int(least or 1) * _ROWS.get(view, 1)


def _last(view: str) -> int:
    most = db.session.scalar(text(f"SELECT max(id) FROM {_SOURCES[view]}"))
    return (int(most or 0) + 1) * _ROWS.get(view, 1) - 1


# What a view's ids are counted by: the table they are of, and how many rows one of its rows makes.
_SOURCES = {
    "contact": "interaction", "ticket": "ticket", "offer": "offer", "survey": "survey", "call": "call",
    "ticket_state": "ticket_stretch",
}  # fmt: skip
_ROWS = {"ticket_state": 2}

# By a range of ids: what is not committed yet is not seen, whatever its id, and stays for the next turn.
_TAKE = Statement("""
    DELETE FROM report_change
    WHERE id <= coalesce((SELECT id FROM report_change ORDER BY id OFFSET :most LIMIT 1), 9223372036854775807)
    RETURNING what, row_id
""")
# Whose rows are many are noted anew, row by row, and come in their turn.
_SPREAD = {
    "queue": "SELECT 'ticket_all', id FROM ticket WHERE queue_id = ANY(:ids)"
             " UNION ALL SELECT 'contact', id FROM interaction WHERE queue_id = ANY(:ids)"
             " UNION ALL SELECT 'survey', id FROM survey WHERE queue_id = ANY(:ids)",
    "customer": """
        SELECT x.what, x.id FROM (
            SELECT id FROM customer WHERE id = ANY(:ids) OR company_id = ANY(:ids) UNION SELECT unnest(:ids)) c
        CROSS JOIN LATERAL (
            SELECT 'ticket_all' AS what, t.id FROM ticket t WHERE t.customer_id = c.id
            UNION ALL SELECT 'arrival', i.id FROM interaction i WHERE i.customer_id = c.id
            UNION ALL SELECT 'survey', s.id FROM survey s WHERE s.customer_id = c.id
            UNION ALL SELECT 'call', k.id FROM call k WHERE k.customer_id = c.id) x""",
    "asset": "SELECT 'ticket_all', ticket_id FROM entitlement_check WHERE asset_id = ANY(:ids)",
}  # fmt: skip
# A repeat looks back seven days, a solution looks seven days ahead: of whom somebody comes, those around are concerned.
_AROUND = Statement("""
    SELECT DISTINCT j.id FROM (
        SELECT i.customer_id, i.queued_at FROM interaction i WHERE i.id = ANY(:ids)
        UNION SELECT f.customer_id, f.at FROM report_contact f WHERE f.id = ANY(:ids)
    ) came JOIN interaction j ON j.customer_id = came.customer_id
    WHERE j.queued_at BETWEEN came.queued_at AND came.queued_at + interval '7 days'
       OR j.ended_at BETWEEN came.queued_at - interval '7 days' AND came.queued_at
""")
_OF_TICKETS = Statement("""
    SELECT 'contact' AS view, id FROM interaction WHERE ticket_id = ANY(:ids)
    UNION ALL SELECT 'ticket_state', s.id * 2 + x FROM ticket_stretch s, generate_series(0, 1) x
    WHERE s.ticket_id = ANY(:ids)
    UNION ALL SELECT 'call', id FROM call WHERE ticket_id = ANY(:ids)
""")
_OF_CONTACTS = Statement("""
    SELECT 'offer' AS view, id FROM offer WHERE interaction_id = ANY(:ids)
    UNION ALL SELECT 'call', id FROM call WHERE interaction_id = ANY(:ids)
""")
_OF_CALLS = Statement("""
    SELECT 'contact' AS view, k.interaction_id AS id FROM call k WHERE k.id = ANY(:ids) AND k.interaction_id IS NOT NULL
    UNION ALL
    SELECT 'call', b.id FROM call k JOIN call b ON b.caller = k.caller AND b.direction = 'IN'
        AND b.started_at < k.started_at AND b.started_at >= k.started_at - interval '24 hours'
    WHERE k.id = ANY(:ids)
""")


def _concerned(noted: Ids) -> Ids:
    """The rows of each view that what was noted may have changed."""
    for what, statement in _SPREAD.items():
        if what in noted:
            given = statement.replace(":ids", "CAST(:ids AS bigint[])")
            spread = text(f"INSERT INTO report_change (what, row_id) {given}")
            db.session.execute(spread, {"ids": sorted(noted[what])})
    found: Ids = {view: set(noted.get(view, ())) for view in ROLLED}
    tickets = noted.get("ticket", set()) | noted.get("ticket_all", set())
    found["ticket"] |= tickets | noted.get("ticket_new", set()) | noted.get("ticket_only", set())
    _add(found, _OF_TICKETS, tickets | noted.get("ticket_new", set()))
    arrived = noted.get("arrival", set())
    if moved := noted.get("ticket_all"):  # another kind or customer: other contacts are repeats now
        arrived = arrived | {row.id for row in _OF_TICKETS.rows({"ids": list(moved)}) if row.view == "contact"}
    if arrived:
        found["contact"] |= arrived | {row.id for row in _AROUND.rows({"ids": list(arrived)})}
    _add(found, _OF_CALLS, noted.get("call", set()))
    _add(found, _OF_CONTACTS, arrived | noted.get("contact", set()))
    return found


def _add(found: Ids, statement: Statement, ids: Iterable[int]) -> None:
    given: list[Any] = list(ids)
    if given:
        for row in statement.rows({"ids": given}):
            found[row.view].add(row.id)
