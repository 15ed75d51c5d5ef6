"""A report's address, read and written: which question a request asks, and where each figure leads.

Shared by the report pages of this door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request, url_for

from contact_center import clock, pages
from contact_center.reports import asked as asked_room
from contact_center.reports import dimensions, periods
from contact_center.reports.asked import Asked
from contact_center.reports.drilling import Part
from contact_center.reports.periods import CUSTOM, Named, Period


def asked(usual: Named = periods.USUAL) -> Asked:
    """What the present request asks."""
    return asked_room.read(request.query_string.decode("utf-8", "replace"), clock.now(), pages.zone(), usual)


def to(endpoint: str, said: Asked, *, more: Mapping[str, str] | None = None, **values: Any) -> str:
    """The address of a page that asks *said*."""
    query = said.query(**(more or {}))
    return f"{url_for(endpoint, **values)}?{query}" if query else url_for(endpoint, **values)


def rows(said: Asked, metric: str, part: Part = Part.ALL) -> str:
    """The rows behind a figure."""
    bare = replace(said, metrics=(), by="", split="", compares=True)
    return to("reports_rows.show", bare, more={"metric": metric, "part": "" if part is Part.ALL else part.lower()})


def stretch(said: Asked, begin: datetime) -> Asked:
    """Only the stretch that begins then, as far as it lies in the period."""
    end = dimensions.following(said.grain, begin, said.zone)
    since, until = max(begin, said.period.since), min(end, said.period.until)
    return replace(said, period=Period(CUSTOM, since, until, said.zone))
