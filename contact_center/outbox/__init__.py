"""One row per thing that leaves the building: written with the change that caused it, sent only after commit."""
