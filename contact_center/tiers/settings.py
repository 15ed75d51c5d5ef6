"""How customers are ranked: period, measure, percentages, the rules that lift, hold and calm, and the schedule.

`current()` reads the settings in use, `read()` makes some of what a form says, `save()` puts them to use. A run keeps
the settings it was counted by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import amounts
from contact_center.tiers.models import TierSettings


class Measure(StrEnum):
    REVENUE = "REVENUE"  # orders placed, less returns and discounts
    PROFIT = "PROFIT"  # the same less the cost of goods and compensation
    PAYMENTS = "PAYMENTS"  # money received


class Counted(StrEnum):
    """Of whom the percentages are taken."""

    CUSTOMERS = "CUSTOMERS"  # everybody but prospects who have bought nothing
    BUYERS = "BUYERS"  # who bought in the period
    EVERYBODY = "EVERYBODY"


class Potential(StrEnum):
    """Who stands first among those of the same value."""

    GROWTH = "GROWTH"  # grew most against the period before
    ORDERS = "ORDERS"  # ordered most often
    RECENT = "RECENT"  # ordered last


class Schedule(StrEnum):
    OFF = "OFF"
    DAY = "DAY"
    WEEK = "WEEK"  # in the night to Monday
    MONTH = "MONTH"  # in the night to the first


@dataclass(frozen=True, slots=True)
class Settings:
    """Shares and the margin are percents. `currency` empty: the one most orders are in. `rates` turn others into it.

    None switches a rule off: `arrears_days` (overdue for longer stops a rise), `punctual_invoices` (so many in the
    period, none late: one tier up), `frequent_orders` (so many orders: one tier up).
    """

    months: int = 12
    measure: Measure = Measure.REVENUE
    share_a: Decimal = Decimal(1)
    share_b: Decimal = Decimal(5)
    share_c: Decimal = Decimal(20)
    counted: Counted = Counted.CUSTOMERS
    potential: Potential = Potential.GROWTH
    margin: Decimal = Decimal(5)
    down_waits: bool = False  # down only after two runs in a row, however far
    minimum: Decimal = Decimal(0)  # who is worth less is D, whatever the rank
    arrears_days: int | None = 30
    punctual_invoices: int | None = None
    frequent_orders: int | None = None
    rising_percent: int = 30
    currency: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    schedule: Schedule = Schedule.OFF
    hour: int = 2

    @property
    def cumulated(self) -> tuple[Decimal, Decimal, Decimal]:
        """Where A, B and C end, in percent of those counted."""
        return self.share_a, self.share_a + self.share_b, self.share_a + self.share_b + self.share_c

    def places(self, counted: int) -> tuple[int, int, int]:
        """The last place of A, B and C among so many: the cumulated share, rounded to the nearest, halves up.

        Rounding the sums and not each tier keeps what is lost in one from being lost again in the next.
        """
        a, b, c = (int(counted * share / 100 + Decimal("0.5")) for share in self.cumulated)
        return a, b, c

    def said(self) -> dict[str, Any]:
        """As JSON keeps it."""
        plain = {name: _plain(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}
        return plain | {"rates": {code: _plain(rate) for code, rate in sorted(self.rates.items())}}

    def ranks_like(self, other: Settings) -> bool:
        """Whether both rank alike; when they do so is another matter."""
        return replace(self, schedule=other.schedule, hour=other.hour).said() == other.said()


def _plain(value: Decimal) -> str:
    """The same for 1, 1.0 and 1.00."""
    return f"{value.normalize():f}"


def heard(said: Mapping[str, Any]) -> Settings:
    """Settings from what `said` kept; what an older release did not know has its default."""
    kinds = {one.name: type(getattr(_DEFAULT, one.name)) for one in fields(Settings)}
    known = {name: value for name, value in said.items() if name in kinds}
    made = {name: _as(kinds[name], value) for name, value in known.items() if name != "rates"}
    return Settings(**made, rates={code: Decimal(rate) for code, rate in known.get("rates", {}).items()})


def _as(kind: type, value: Any) -> Any:
    if value is None or kind in (bool, type(None)):
        return value
    return kind(value)


_DEFAULT = Settings()


def current() -> Settings:
    """The settings in use."""
    return heard(row().said)


def row() -> TierSettings:
    """Their row, made on first use, for its version."""
    found = db.session.get(TierSettings, 1)
    if found is None:
        db.session.execute(text("INSERT INTO tier_settings (id) VALUES (1) ON CONFLICT DO NOTHING"))
        found = db.session.get_one(TierSettings, 1)
    return found


def save(wanted: Settings, actor: Agent | None, version: int | None = None) -> bool:
    """Use *wanted* from now on; False if nothing differs. Raises Stale if *version* is not the present one."""
    kept = row()
    db.session.refresh(kept, with_for_update=True)
    changes = rows.say(kept, heard(kept.said).said(), wanted.said(), version)
    if changes:
        kept.changed_at = clock.now()
        log.record(Name.TIER_SETTINGS_CHANGED, None, actor, changes=changes)
    return bool(changes)


def main_currency() -> str:
    """The currency that most of the newest orders are in; empty before there are any."""
    newest = 'SELECT currency FROM "order" ORDER BY placed_at DESC LIMIT 1000'
    most = f"SELECT currency FROM ({newest}) o GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1"  # noqa: S608
    return db.session.scalar(text(most)) or ""


def rates_of(settings: Settings) -> tuple[str, dict[str, Decimal]]:
    """The reporting currency, and what one of each counted currency is in it: its own 1 included, others as entered."""
    main = settings.currency or main_currency()
    return main, {main: Decimal(1)} | {code: rate for code, rate in settings.rates.items() if code != main}


def read(form: Mapping[str, str], onto: Settings) -> Settings:
    """*onto* with what *form* says; a field that is not in it stays. Raises Invalid with everything that is wrong.

    Rates are lines `code_0`, `rate_0`, `code_1` … that replace all there were; a line without a rate is none.
    """
    read_, wrong = {}, {}
    for name, reader in _READERS.items():
        if name not in form:
            continue
        try:
            read_[name] = reader(form[name])
        except ValueError as error:
            wrong[name] = str(error)
    if "rate_0" in form:
        read_["rates"] = _rates(form, wrong)
    made = replace(onto, **read_)
    if not wrong and made.cumulated[2] > 100:
        wrong["share_c"] = _("Together the shares are more than 100 %.")
    Invalid.raise_for(wrong)
    return made


def _whole(least: int, most: int, empty: bool = False) -> Any:
    def reader(typed: str) -> int | None:
        if empty and not typed.strip():
            return None
        return amounts.whole(typed, least, most)

    return reader


def _number(least: str, most: str) -> Any:
    return lambda typed: amounts.decimal(typed, Decimal(least), Decimal(most), places=2)


def _one_of(words: type[StrEnum]) -> Any:
    def reader(typed: str) -> StrEnum:
        if typed not in words.__members__:
            raise ValueError(_("Choose one from the list."))
        return words(typed)

    return reader


def _currency(typed: str) -> str:
    return amounts.currency(typed) if typed.strip() else ""


def _rates(form: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Decimal]:
    """What one of each currency is worth; sentences go into *wrong*."""
    found: dict[str, Decimal] = {}
    for n in range(len(form)):
        code, rate = form.get(f"code_{n}", "").strip(), form.get(f"rate_{n}", "").strip()
        if not rate:
            continue
        try:
            code = amounts.currency(code)
            if code in found:
                wrong[f"code_{n}"] = _("%(code)s has a rate above already.", code=code)
        except ValueError as error:
            wrong[f"code_{n}"] = str(error)
        try:
            found[code] = amounts.decimal(rate, Decimal("0.00000001"), Decimal(1_000_000), places=8)
        except ValueError as error:
            wrong[f"rate_{n}"] = str(error)
    return found


_READERS: dict[str, Any] = {
    "months": _whole(1, 60),
    "measure": _one_of(Measure),
    "share_a": _number("0", "100"),
    "share_b": _number("0", "100"),
    "share_c": _number("0", "100"),
    "counted": _one_of(Counted),
    "potential": _one_of(Potential),
    "margin": _number("0", "50"),
    "down_waits": lambda typed: typed == "1",
    "minimum": _number("0", "1000000000000"),
    "arrears_days": _whole(1, 3650, empty=True),
    "punctual_invoices": _whole(1, 10_000, empty=True),
    "frequent_orders": _whole(1, 10_000, empty=True),
    "rising_percent": _whole(1, 1000),
    "currency": _currency,
    "schedule": _one_of(Schedule),
    "hour": _whole(0, 23),
}
