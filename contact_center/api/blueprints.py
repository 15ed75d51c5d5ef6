"""The API, for `wiring` to register: its door, to which the other modules add their routes, and its description."""

from __future__ import annotations

from contact_center.api import batch, description, door, reads, resources

for module in (resources, batch, reads):
    assert module.blueprint is door.blueprint
ALL = (door.blueprint, description.blueprint)
