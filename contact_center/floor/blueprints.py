"""The supervisors' pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.floor import credit, live, satisfaction, simulator, standing, tiers, value

ALL = (*(door.blueprint for door in (live, satisfaction, simulator, credit, tiers, standing, value)), standing.overview)
