"""`contact-center simulate`: the product's routing in virtual time, on a trace, a scenario or a recorded day."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import click
from flask import current_app

from contact_center.cli import installed, opening, simulated
from contact_center.extensions import db
from contact_center.simulator import agreement, recorded, scenario, trace, traffic, whatif
from contact_center.simulator.reading import BadScenario
from contact_center.simulator.setting import BONUS, Arrival, Setting

EX_DATAERR, EX_NOINPUT = 65, 66  # sysexits.h
_FILE = click.File("rb")


class Minutes(click.ParamType[Mapping[str, float]]):
    """`A=60,B=30`."""

    name = "A=60,B=30"

    def convert(
        self, value: str | Mapping[str, float], param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, float]:
        if not isinstance(value, str):
            return value
        found: dict[str, float] = {}
        for part in filter(None, value.split(",")):
            name, _sign, minutes = part.partition("=")
            try:
                found[name.strip()] = float(minutes)
            except ValueError:
                self.fail(f"{part!r} is not like A=60: a class and its minutes", param, ctx)
            if not abs(found[name.strip()]) < 1e9:
                self.fail(f"{part!r}: so many minutes cannot be", param, ctx)
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for."""

    trace_file: IO[bytes] | None
    servers: int | None
    policy: str | None
    bonus: Mapping[str, float] | None
    scenario_file: IO[bytes] | None
    day: datetime | None
    compare: IO[bytes] | None
    seed: int | None
    wants_json: bool

    def check(self) -> None:
        """Raises click.UsageError with what does not go together."""
        chosen = [one for one in (self.trace_file, self.scenario_file, self.day) if one is not None]
        if len(chosen) != 1:
            raise click.UsageError("Say what to play: a scenario's file, or --day, or --trace FILE; one of them.")
        if self.trace_file is None and (self.servers, self.policy, self.bonus) != (None, None, None):
            raise click.UsageError("--servers, --policy and --bonus belong to --trace; a scenario says these itself.")
        if self.trace_file is not None and self.servers is None:
            raise click.UsageError("Say how many serve the trace: --servers N.")
        if self.trace_file is not None and self.compare is not None:
            raise click.UsageError("--compare belongs to a scenario or a day.")


@click.command()
@click.argument("scenario_file", type=_FILE, required=False, metavar="[SCENARIO]")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Play a recorded day instead of a scenario.")
@click.option("--compare", type=_FILE, metavar="FILE", help="What would be otherwise, on the same arrivals.")
@click.option("--seed", type=int, help="Other chances than the scenario's.")
@click.option("--json", "wants_json", is_flag=True)
@click.option("--theory", is_flag=True, help="Compare the strict policy with queueing theory.")
@click.option("--trace", "trace_file", type=_FILE, help="Serve the interactions of a file; - is stdin.")
@click.option("--servers", type=click.IntRange(1, 100_000), help="How many serve the trace; each does everything.")
@click.option("--policy", type=click.Choice(["strict", "shipped"]), help="How the trace is served; else as shipped.")
@click.option("--bonus", type=Minutes(), help="Head start of each class in minutes, instead of the tier policies'.")
def simulate(*, theory: bool, **options: Any) -> None:
    """Play a day in virtual time by the product's own routing.

    SCENARIO is a file of TOML or JSON: traffic, queues, agents, tiers. --compare names another with what would be
    different. The answer is a table, or JSON: waits in seconds, shares from 0 to 1.

    --trace reads one JSON object a line, {"id", "t", "cls", "service"}, and prints {"id", "start", "server"} in order
    of service. It needs neither a database nor settings. strict serves one class after the other: numbers before words,
    the smaller first, A before B; shipped serves by the instant of arrival less the bonus minutes of the class.
    """
    asked = _Asked(**options)
    if theory:
        _theory(asked)
        return
    asked.check()
    try:
        if asked.trace_file is not None:
            _trace(asked.trace_file, asked)
        else:
            _day(asked)
    except (trace.BadLine, BadScenario) as error:
        click.echo(f"contact-center: {error}", err=True)
        sys.exit(EX_DATAERR)


def _theory(asked: _Asked) -> None:
    lines = agreement.lines() if asked.seed is None else agreement.lines(seed=asked.seed)
    if asked.wants_json:
        opening.as_json([{**asdict(line), "distance": line.distance} for line in lines])
    else:
        simulated.show_agreement(lines)


def _trace(file: IO[bytes], asked: _Asked) -> None:
    """Read all, then print all: of a bad file nothing is printed."""
    arrivals = trace.read(file)
    is_strict = asked.policy == "strict"
    bonus = asked.bonus if is_strict or asked.bonus is not None else installed.bonus() or BONUS
    served = trace.replay(arrivals, asked.servers or 1, is_strict=is_strict, bonus=bonus)
    sys.stdout.writelines(f"{line}\n" for line in trace.write(served))


def _day(asked: _Asked) -> None:
    arrivals, setting, seed = _drawn(asked) if asked.scenario_file is not None else _recorded(asked)
    other = scenario.changed(asked.compare.read(), setting) if asked.compare else None
    outcome = whatif.play(arrivals, setting, other, seed)
    if asked.wants_json:
        opening.as_json(outcome.as_json())
    else:
        simulated.show(outcome)


def _drawn(asked: _Asked) -> tuple[Sequence[Arrival], Setting, int]:
    assert asked.scenario_file is not None
    found = scenario.read(asked.scenario_file.read())
    seed = found.seed if asked.seed is None else asked.seed
    return traffic.drawn(found, seed), found.setting, seed


def _recorded(asked: _Asked) -> tuple[Sequence[Arrival], Setting, int]:
    assert asked.day is not None
    if not recorded.can_be(asked.day.date()):
        raise click.UsageError(f"--day {asked.day:%Y-%m-%d}: there was nothing to record then.")
    with opening.open_app().app_context():
        found = recorded.day(asked.day.date(), ZoneInfo(current_app.config["CC"].time_zone))
        db.session.rollback()
    if not found.arrivals:
        click.echo(f"contact-center: nothing came in on {asked.day:%Y-%m-%d}", err=True)
        sys.exit(EX_NOINPUT)
    return found.arrivals, found.setting, asked.seed or 0
