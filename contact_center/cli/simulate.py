"""`contact-center simulate`: the product's routing in virtual time, on a trace, a scenario or a recorded day."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import IO

import click

from contact_center.cli import installed
from contact_center.simulator import trace
from contact_center.simulator.setting import BONUS

EX_DATAERR = 65  # sysexits.h


class Minutes(click.ParamType[Mapping[str, float]]):
    """`A=60,B=30`."""

    name = "A=60,B=30"

    def convert(
        self, value: str | Mapping[str, float], param: click.Parameter | None, ctx: click.Context | None
    ) -> Mapping[str, float]:
        if not isinstance(value, str):
            return value
        found = {}
        for part in filter(None, value.split(",")):
            name, sign, minutes = part.partition("=")
            try:
                found[name.strip()] = float(minutes)
            except ValueError:
                sign = ""
            if not sign or not abs(found[name.strip()]) < 1e9:
                self.fail(f"{part!r} is not like A=60: a class and its minutes", param, ctx)
        return found


@click.command()
@click.option("--trace", "trace_file", type=click.File("rb"), help="Serve the interactions of a file; - is stdin.")
@click.option("--servers", type=click.IntRange(1, 100_000), help="How many serve the trace; each does everything.")
@click.option("--policy", type=click.Choice(["strict", "shipped"]), default="shipped", show_default=True)
@click.option("--bonus", type=Minutes(), help="Head start of each class in minutes, instead of the tier policies'.")
def simulate(trace_file: IO[bytes] | None, servers: int | None, policy: str, bonus: Mapping[str, float] | None) -> None:
    """Play a day in virtual time by the product's own routing.

    --trace reads one JSON object a line, {"id", "t", "cls", "service"}, and prints {"id", "start", "server"} in order
    of service. It needs neither a database nor settings. strict serves one class after the other: numbers before words,
    the smaller first, A before B; shipped serves by the instant of arrival less the bonus minutes of the class.
    """
    if trace_file is None:
        raise click.UsageError("Say what to play: --trace FILE.")
    if servers is None:
        raise click.UsageError("Say how many serve the trace: --servers N.")
    if policy == "shipped" and bonus is None:
        bonus = installed.bonus() or BONUS
    _trace(trace_file, servers, is_strict=policy == "strict", bonus=bonus)


def _trace(file: IO[bytes], servers: int, *, is_strict: bool, bonus: Mapping[str, float] | None) -> None:
    """Read all, then print all: of a bad file nothing is printed."""
    try:
        arrivals = trace.read(file)
    except trace.BadLine as error:
        click.echo(f"contact-center: {getattr(file, 'name', 'stdin')}: {error}", err=True)
        sys.exit(EX_DATAERR)
    served = trace.replay(arrivals, servers, is_strict=is_strict, bonus=bonus)
    sys.stdout.writelines(f"{line}\n" for line in trace.write(served))
