"""The supervisors' pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.floor import credit, live, satisfaction, standing, tiers, value

ALL = (*(door.blueprint for door in (live, satisfaction, credit, tiers, standing, value)), standing.overview)
