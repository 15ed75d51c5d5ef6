"""The supervisors' pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.floor import (
    credit,
    live,
    live_acts,
    recoveries,
    reports,
    reports_files,
    reports_rows,
    reports_saved,
    satisfaction,
    simulator,
    standing,
    tiers,
    value,
    wall_settings,
    wallboard,
)

_REPORTS = (reports, reports_files, reports_rows, reports_saved)
_DOORS = (
    live,
    live_acts,
    wallboard,
    wall_settings,
    satisfaction,
    recoveries,
    simulator,
    credit,
    tiers,
    standing,
    value,
    *_REPORTS,
)
ALL = (*(door.blueprint for door in _DOORS), standing.overview)
