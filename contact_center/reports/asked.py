"""What a report's address says: its period, what is shown, what it is narrowed to. There is no other state.

Read by the report pages, the files and the letters' clock; pages write addresses with it, too. What makes no sense is
left out, and `problem` says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from contact_center.errors import Invalid
from contact_center.reports import dimensions, metrics, periods
from contact_center.reports.asking import Question
from contact_center.reports.dimensions import DIMENSIONS, GRAINS
from contact_center.reports.periods import Named, Period
from contact_center.reports.views import VIEWS

LONGEST = 4_000  # characters of an address
MOST_METRICS = 12
_LONGEST_VALUE = 120
# The length of a stretch for a period of so many days at most.
_STEPS = ((1, "hour"), (3, "hour"), (62, "day"), (420, "week"), (3660, "month"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as its address has it. `by` and `split` are empty unless it says otherwise."""

    period: Period
    zone: ZoneInfo
    metrics: tuple[str, ...] = ()
    by: str = ""
    split: str = ""
    compares: bool = True
    only: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def grain(self) -> str:
        """The length of a stretch: as asked, else as long as makes a chart of the period readable."""
        return self.by if self.by in GRAINS else step_of(self.period)

    def question(self, wanted: Iterable[str], by: str | None = None, *, most: int = 0) -> Question:
        """These metrics in the period, narrowed as the address says."""
        given = (self.period.since, self.period.until, self.zone.key, self.only, most)
        return Question(tuple(wanted), by, *given)

    def before(self, wanted: Iterable[str], now: datetime, by: str | None = None) -> Question:
        """The same in the period before."""
        return replace(self, period=self.period.before(now)).question(wanted, by)

    def fitting(self, wanted: Iterable[str], *splits: str) -> tuple[str, ...]:
        """Those of the metrics that can be narrowed as this is, and split so."""
        needed = {key for key, _value in self.only} | {key for key in splits if key in DIMENSIONS}
        return tuple(key for key in wanted if needed <= VIEWS[metrics.get(key).view].splits)

    def narrowed(self, key: str, value: str) -> Asked:
        """Only that value of a dimension, whatever it was narrowed to before."""
        return replace(self, only=(*(pair for pair in self.only if pair[0] != key), (key, value)))

    def without(self, key: str, value: str | None = None) -> Asked:
        """No longer narrowed by that dimension, or to that value."""
        left = (pair for pair in self.only if pair[0] != key or (value is not None and pair[1] != value))
        return replace(self, only=tuple(left))

    def pairs(self) -> list[tuple[str, str]]:
        """The parts of the address; what is as usual is not written."""
        named = [("metric", key) for key in self.metrics]
        shown = [("by", self.by), ("split", self.split), ("compare", "" if self.compares else "no")]
        return [*named, *((k, v) for k, v in shown if v), *self.period.args().items(), *self.only]

    def query(self, **more: str) -> str:
        """What stands behind the question mark, with *more* put in."""
        kept = [pair for pair in self.pairs() if pair[0] not in more]
        return urlencode([*kept, *((key, value) for key, value in more.items() if value)])


def step_of(period: Period) -> str:
    """The length of a stretch that makes a readable chart of *period*."""
    if not period.is_of_days and period.until - period.since <= GRAINS["hour"].step * 6:
        return "quarter-hour"
    return next((step for days, step in _STEPS if period.days <= days), "month")


def read(query: str, now: datetime, zone: ZoneInfo, usual: Named = periods.USUAL) -> Asked:
    """The report of an address."""
    pairs = parse_qsl(query[:LONGEST])
    problems: list[str] = []
    args = dict(pairs)
    try:
        period = periods.read(args, now, zone, usual)
    except Invalid as error:
        period = periods.named(usual, now, zone)
        problems.append(error.sentence)
    return Asked(
        period, zone, metrics=_metrics([value for key, value in pairs if key == "metric"], problems),
        by=_by(args.get("by", ""), problems), split=args["split"] if args.get("split") in DIMENSIONS else "",
        compares=args.get("compare") != "no", only=_only(pairs, problems), problem=" ".join(problems),
    )  # fmt: skip


def _metrics(given: list[str], problems: list[str]) -> tuple[str, ...]:
    found = dict.fromkeys(key for key in given if key in metrics.registry())
    if len(found) < len(dict.fromkeys(given)):
        problems.append(_("The address names a metric that does not exist."))
    return tuple(found)[:MOST_METRICS]


def _by(given: str, problems: list[str]) -> str:
    if given and given not in DIMENSIONS and given not in GRAINS:
        problems.append(_("The address asks for a split that does not exist."))
        return ""
    return given


def _only(pairs: list[tuple[str, str]], problems: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for key, value in pairs:
        if key not in DIMENSIONS:
            continue
        try:
            if "\x00" in value or len(value) > _LONGEST_VALUE:
                raise Invalid(_("The address is narrowed to a value that cannot be."))
            dimensions.value(key, value)
        except Invalid as error:
            problems.append(error.sentence)
        else:
            found.append((key, value))
    return tuple(dict.fromkeys(found))
