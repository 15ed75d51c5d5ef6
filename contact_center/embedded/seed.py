"""Make the database ready: the newest schema and, at the first `up`, the demo's data, all of it or none.

Somebody else's database (DATABASE_URL) is migrated by `up` and otherwise left alone.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping

from contact_center.embedded import ROOT, surroundings
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.postgres import DATABASE

BEGUN, DONE = "begun", "done"
QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")


def prepare(folder: DataFolder, env: Mapping[str, str], *, outside: bool) -> None:
    """Migrate, and load the demo where this folder has never had it."""
    note = folder.path / "demo"
    state = note.read_text() if note.exists() else ""
    if state == BEGUN and not outside:
        _start_over(folder, env["DATABASE_URL"])
    migrate(env)
    if state == DONE:
        return
    if outside:
        print("dev: DATABASE_URL names a database of yours: no demo data (./dev cc demo loads it)", file=sys.stderr)
    elif not _is_in_use(env["DATABASE_URL"]):
        note.write_text(BEGUN)
        surroundings.run(surroundings.program("demo"), env, "Loading the demo data")
    note.write_text(DONE)


def migrate(env: Mapping[str, str]) -> None:
    """Bring the database to the newest revision; loads the application only when it is not there yet."""
    if not _is_current(env.get("DATABASE_URL", "")):
        surroundings.run(surroundings.program("migrate"), env, "Migrating the database")


def _is_current(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(_plain(url)) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.Error:  # no table yet; or no such server, which the migration will say better
        return False
    return {row[0] for row in rows} == _newest()


def _newest() -> set[str]:
    """The revisions that no other one follows, read from the migrations' own lines."""
    text = "\n".join(path.read_text() for path in (ROOT / "migrations" / "versions").glob("*.py"))
    found = re.findall(r"^(revision|down_revision)\b[^=\n]*= *(.*)$", text, re.MULTILINE)
    named = {kind: {name for k, line in found if k == kind for name in QUOTED.findall(line)} for kind, _ in found}
    return named.get("revision", set()) - named.get("down_revision", set())


def _plain(url: str) -> str:
    """SQLAlchemy's URL without the driver's name."""
    return url.replace("+psycopg", "", 1)


def _is_in_use(url: str) -> bool:
    """Whether somebody has set this installation up by other means, say `./dev cc demo`."""
    import psycopg

    with psycopg.connect(_plain(url)) as connection:
        return connection.execute("SELECT EXISTS (SELECT FROM agent WHERE id > 0)").fetchone() == (True,)


def _start_over(folder: DataFolder, url: str) -> None:
    """Drop what an interrupted first start has left: half a demo, and nothing of anybody's."""
    import psycopg
    from psycopg.conninfo import make_conninfo
    from psycopg.sql import SQL, Identifier

    print("dev: the first start was interrupted; starting over with an empty database", file=sys.stderr)
    database = Identifier(DATABASE)
    with psycopg.connect(make_conninfo(_plain(url), dbname="postgres"), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(database))
        connection.execute(SQL("CREATE DATABASE {}").format(database))
    shutil.rmtree(folder.path / "files", ignore_errors=True)
