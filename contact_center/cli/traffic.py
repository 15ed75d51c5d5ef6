"""`contact-center traffic`: customers of the demo write to a running installation, by real mails and real forms."""

from __future__ import annotations

import ipaddress
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from math import isnan
from threading import Event as Signal
from threading import Lock

import click

from contact_center import clock
from contact_center.cli.calling import calls
from contact_center.cli.opening import configured
from contact_center.customers.models import TIERS
from contact_center.demo import posting
from contact_center.demo.posting import NotSent
from contact_center.demo.visitors import Letter, Visitors

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 (recognised, not bound)
WEB_SHARE = 0.4
AT_ONCE = 8
_RATE, _LENGTH = click.FloatRange(0, 100_000, min_open=True), click.FloatRange(0, min_open=True)


@dataclass(slots=True)
class Sender:
    """Sends letters, says so line by line, and counts."""

    host: str
    smtp_port: int
    base: str
    stop: Signal
    sent: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    _line: Lock = field(default_factory=Lock)

    def send(self, letter: Letter) -> None:
        """Send it; what nobody took is told and counted."""
        way = "mail" if letter.mail is not None else "web"
        try:
            if letter.mail is not None:
                posting.by_mail(letter.mail, letter.buyer.email, self.host, self.smtp_port)
            else:
                posting.by_form(letter.fields, self.base, letter.language, self.stop.wait)
        except NotSent as error:
            with self._line:
                self.lost += 1
                _tell(f"not sent  {way:<4}  {letter.tier}  {letter.buyer.name}: {error}")
            return
        with self._line:
            self.sent.update((way, letter.tier, letter.language))
            _tell(f"{way:<4}  {letter.tier}  {letter.language}  {letter.buyer.name}: {_about(letter)}")

    def summary(self) -> str:
        """What was sent, by way, tier and language."""
        ways = self.sent["mail"] + self.sent["web"]
        tiers = ", ".join(f"{self.sent[tier]} {tier}" for tier in TIERS)
        told = f"{ways} sent: {self.sent['mail']} mails, {self.sent['web']} web requests; {tiers}; "
        return f"{told}{self.sent['en']} English, {self.sent['zh']} Chinese; {self.lost} not sent"


def _number(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    if value is not None and isnan(value):  # it lies within any range
        raise click.BadParameter("this is no number")
    return value


@click.group(invoke_without_command=True)
@click.option("--per-hour", type=_RATE, callback=_number, help="How many, about.")
@click.option("--for", "minutes", type=_LENGTH, callback=_number, help="Minutes; until Ctrl-C unless said.")
@click.option("--seed", type=int, help="Draw the same people and texts again.")
@click.option("--mails-only", is_flag=True, help="No web requests.")
@click.option("--web-only", is_flag=True, help="No mails.")
@click.option("--to", "host", help="Another host than this one. It gets real mails: be sure that it is yours.")
@click.pass_context
def traffic(
    ctx: click.Context,
    *,
    per_hour: float | None,
    minutes: float | None,
    seed: int | None,
    mails_only: bool,
    web_only: bool,
    host: str | None,
) -> None:
    """Let the demo's customers write: mails by SMTP and requests by the form, at random times. Or let people call."""
    if ctx.invoked_subcommand is not None:
        return
    if per_hour is None:
        raise click.UsageError("Missing option '--per-hour'.")
    if mails_only and web_only:
        raise click.UsageError("--mails-only and --web-only leave nothing to send")
    config = configured()
    stop = Signal()
    sender = Sender(
        _host(host, config.smtp_host),
        config.smtp_port,
        f"http://{_shown(_host(host, config.host))}:{config.port}",
        stop,
    )
    visitors = Visitors(clock.now(), random.randrange(10**9) if seed is None else seed)
    share = 0.0 if mails_only else 1.0 if web_only else WEB_SHARE
    end = None if minutes is None else time.monotonic() + minutes * 60
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            _run(visitors, sender, pool, per_hour, share, end)
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
    click.echo(sender.summary())


def _run(
    visitors: Visitors, sender: Sender, pool: ThreadPoolExecutor, per_hour: float, share: float, end: float | None
) -> None:
    """Send one after the other, each at its own time, until *end*."""
    due = time.monotonic()
    while True:
        due += visitors.gap(per_hour)
        if end is not None and due > end:
            return
        letter = visitors.next(clock.now(), web_share=share)
        time.sleep(max(0.0, due - time.monotonic()))
        pool.submit(sender.send, letter)


def _host(asked: str | None, configured: str) -> str:
    """Where to send; raises UsageError for another machine that nobody named."""
    if asked is not None:
        return asked
    host = "127.0.0.1" if configured in EVERYWHERE else configured
    if not _is_loopback(host):
        raise click.UsageError(f"{host} is another machine; --to {host} sends there all the same")
    return host


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _tell(said: str) -> None:
    click.echo(f"{clock.now().astimezone():%H:%M:%S}  {said}")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _about(letter: Letter) -> str:
    return letter.subject if letter.mail is not None else letter.fields["kind"].lower()


traffic.add_command(calls)
