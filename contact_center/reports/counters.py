"""Counters: how each is summed from the raw rows of its view.

Most are columns. Squares and the classes of the wait are worked out from a column while summing: they have no column in
the view, but one in the roll-up.
"""

from __future__ import annotations

# Upper bounds of the classes of a wait, in seconds: percentiles are exact to within one class.
BOUNDS = (
    5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600, 900, 1800, 3600, 5400, 7200, 14_400, 28_800, 57_600,
    86_400, 172_800, 345_600, 604_800,
)  # fmt: skip
WAITS = tuple(f"wait_{place}" for place in range(len(BOUNDS) + 1))
_ARRAY = ",".join(map(str, BOUNDS))
# A wait of just the bound belongs below it: "within 20 seconds" is up to and including 20.
_CLASS = f"width_bucket(wait - 1, ARRAY[{_ARRAY}]::bigint[])"
# What is worked out of each row, by counter; all others are columns.
_WORKED_OUT = {
    **{name: f"({_CLASS} = {place})::int" for place, name in enumerate(WAITS)},
    "wait_sum": "wait",
    "wait_squares": "wait::bigint * wait",
    "handle_squares": "handle::bigint * handle",
    "csat_squares": "csat_sum::bigint * csat_sum",
    "ces_squares": "ces_sum::bigint * ces_sum",
}


def of_row(counter: str) -> str:
    """The SQL for what one row adds to *counter*."""
    return _WORKED_OUT.get(counter, counter)


def summed(counter: str) -> str:
    """The SQL that sums *counter* over raw rows."""
    return f"coalesce(sum({of_row(counter)}), 0)"


def is_counted(counter: str) -> str:
    """The SQL for: a row adds something to *counter*. A wait of no second is a wait."""
    return (
        "wait IS NOT NULL"
        if counter.startswith("wait_") and counter != "wait_abandoned"
        else f"coalesce({counter}, 0) <> 0"
    )


def class_of(place: int) -> tuple[float, float]:
    """The first and the last second of a class of the wait; the last class has no end and counts as its beginning."""
    first = BOUNDS[place - 1] if place else 0
    return float(first), float(BOUNDS[place] if place < len(BOUNDS) else first)
