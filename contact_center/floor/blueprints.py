"""The supervisors' pages, for `wiring` to register."""

from __future__ import annotations

from contact_center.floor import credit, satisfaction, standing, tiers, value

ALL = (*(door.blueprint for door in (satisfaction, credit, tiers, standing, value)), standing.overview)
