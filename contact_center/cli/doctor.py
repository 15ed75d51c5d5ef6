"""`contact-center doctor`: is everything there, and does it answer? One plain sentence per finding.

Exit code 0 when all is well, 1 when something must be mended.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import redis
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from contact_center import clock
from contact_center.channels import raws
from contact_center.channels.email import testing, vouching
from contact_center.channels.models import RawState
from contact_center.cli.opening import as_json, in_app
from contact_center.config import Config
from contact_center.extensions import celery, db
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets.messages import Interaction, InteractionState

OLDEST_POSTGRES = 17
MOST_DRIFT = 5.0  # seconds between our clock and the database's
LEAST_DISK = 1_000_000_000
UNPLACED = timedelta(seconds=30)  # a dispatcher that runs needs less than one


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `is_well` is None where it is only worth knowing."""

    what: str
    is_well: bool | None
    sentence: str


@click.command()
@click.option("--json", "wants_json", is_flag=True)
@in_app
def doctor(wants_json: bool) -> None:
    """Check servers, schema, mailboxes, clock and disk."""
    findings = [finding for check in CHECKS for finding in _run(check)]
    if wants_json:
        as_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            sign = {True: "✓", False: "✗", None: "·"}[finding.is_well]
            click.echo(f"{sign} {finding.what:<12} {finding.sentence}")
    sys.exit(1 if any(finding.is_well is False for finding in findings) else 0)


def _run(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except SQLAlchemyError:
        db.session.rollback()
        return [Finding(check.__name__.strip("_"), False, "This could not be looked at without the database.")]


def _database() -> Iterator[Finding]:
    try:
        version = db.session.scalar(text("SHOW server_version_num"))
    except SQLAlchemyError as error:
        db.session.rollback()
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield Finding("database", False, f"PostgreSQL does not answer at DATABASE_URL: {reason}")
        return
    major = int(version or 0) // 10000
    yield Finding(
        "database", major >= OLDEST_POSTGRES, f"PostgreSQL {major} answers; {OLDEST_POSTGRES} or newer is needed."
    )
    safe = db.session.scalar(text("SHOW fsync")) == "on" and db.session.scalar(text("SHOW synchronous_commit")) != "off"
    said = (
        "Commits are flushed to disk."
        if safe
        else "fsync or synchronous_commit is off: a crash of the machine loses mail."
    )
    yield Finding("durability", safe, said)


def _extensions() -> Iterator[Finding]:
    encoding = db.session.scalar(text("SHOW server_encoding"))
    yield Finding("encoding", encoding == "UTF8", f"The database speaks {encoding}; no extension is needed.")


def _migrations() -> Iterator[Finding]:
    script = ScriptDirectory.from_config(AlembicConfig(str(Path(__file__).parents[2] / "alembic.ini")))
    here = MigrationContext.configure(db.session.connection()).get_current_revision()
    head = script.get_current_head()
    said = (
        "The schema is that of this release."
        if here == head
        else "The schema is older or newer: run contact-center migrate."
    )
    yield Finding("migrations", here == head, said)


def _broker() -> Iterator[Finding]:
    config: Config = current_app.config["CC"]
    try:
        with celery.connection_for_write(config.broker_url, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
        yield Finding("broker", True, "The job queue's broker answers.")
    except (BrokerError, OSError) as error:
        yield Finding(
            "broker", False, f"The broker does not answer at BROKER_URL: {error}. Mail is swept later, not lost."
        )


def _valkey() -> Iterator[Finding]:
    config: Config = current_app.config["CC"]
    try:
        server = redis.Redis.from_url(config.redis_url, socket_timeout=3, socket_connect_timeout=3)
        facts = server.info("server")
        policy = dict(server.config_get("maxmemory-policy")).get("maxmemory-policy")
    except redis.RedisError as error:
        yield Finding(
            "valkey", False, f"Redis or Valkey does not answer at REDIS_URL: {error}. Desks will not be live."
        )
        return
    version = facts.get("valkey_version") or facts.get("redis_version")
    yield Finding("valkey", policy == "noeviction", f"Version {version} answers; maxmemory-policy is {policy}.")


def _clock() -> Iterator[Finding]:
    asked = time.monotonic()
    theirs = db.session.scalar(select(func.clock_timestamp()))
    drift = abs((datetime.now(UTC) - theirs).total_seconds()) - (time.monotonic() - asked) if theirs else 0.0
    yield Finding(
        "clock", drift < MOST_DRIFT, f"This machine's clock and the database's differ by {max(0.0, drift):.1f} s."
    )


def _mailboxes() -> Iterator[Finding]:
    for mailbox in db.session.scalars(select(Mailbox).where(Mailbox.is_active).order_by(Mailbox.id)):
        for result in testing.check(mailbox):
            yield Finding(mailbox.address, result.is_well, result.sentence)
        if sentence := vouching.finding(mailbox):
            yield Finding(mailbox.address, None, sentence)


def _work() -> Iterator[Finding]:
    counted = raws.counts()
    stuck = counted[RawState.QUARANTINED]
    yield Finding("mail in", stuck == 0, f"{stuck} in quarantine, {counted[RawState.NEW]} not yet filed.")
    failed = select(func.count()).where(Outgoing.state == OutgoingState.FAILED)
    waiting = select(func.count()).where(Outgoing.state.in_((OutgoingState.QUEUED, OutgoingState.SENDING)))
    said = f"{db.session.scalar(waiting)} waiting to leave, {db.session.scalar(failed)} failed for good."
    yield Finding("mail out", None, said)


def _queue() -> Iterator[Finding]:
    """Work that nobody has placed for a while, or an offer that rings beyond its time: no dispatcher runs."""
    now = clock.now()
    unplaced = (Interaction.state == InteractionState.WAITING, Interaction.order_at.is_(None))
    left = select(func.count()).where(*unplaced, Interaction.queued_at < now - UNPLACED)
    ringing = select(func.count()).where(Offer.state == OfferState.PENDING, Offer.expires_at < now - UNPLACED)
    lying = (db.session.scalar(left) or 0) + (db.session.scalar(ringing) or 0)
    said = (
        f"{lying} pieces of work wait to be offered: is contact-center dispatcher running?"
        if lying
        else "What waits has its place, and nothing rings beyond its time."
    )
    yield Finding("queue", lying == 0, said)


def _disk() -> Iterator[Finding]:
    folder = current_app.config["CC"].data_dir
    free = shutil.disk_usage(folder if folder.exists() else "/").free
    yield Finding("disk", free > LEAST_DISK, f"{free / 1e9:.1f} GB are free in {folder}.")


CHECKS = (_database, _extensions, _migrations, _broker, _valkey, _clock, _mailboxes, _work, _queue, _disk)
