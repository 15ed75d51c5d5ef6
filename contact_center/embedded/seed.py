"""Make the database ready for `up`: the newest schema, and on the first start the demo's data, all of it or none.

Somebody else's database (DATABASE_URL) is migrated and otherwise left alone.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping

from contact_center.embedded import surroundings
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.postgres import DATABASE

BEGUN, DONE = "begun", "done"


def prepare(folder: DataFolder, env: Mapping[str, str], *, outside: bool) -> None:
    """Migrate, and load the demo where this folder has never had it."""
    note = folder.path / "demo"
    state = note.read_text() if note.exists() else ""
    if state == BEGUN and not outside:
        _start_over(folder, env["DATABASE_URL"])
    surroundings.migrate(folder, env, always=True)
    if state == DONE:
        return
    if outside:
        print("dev: DATABASE_URL names a database of yours: no demo data (./dev cc demo loads it)", file=sys.stderr)
    elif not _is_in_use(env["DATABASE_URL"]):
        note.write_text(BEGUN)
        surroundings.run(surroundings.program("demo"), env, "Loading the demo data")
    note.write_text(DONE)


def _is_in_use(url: str) -> bool:
    """Whether somebody has set this installation up by other means, say `./dev cc demo`."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT EXISTS (SELECT FROM agent WHERE id > 0)").fetchone() == (True,)


def _start_over(folder: DataFolder, url: str) -> None:
    """Drop what an interrupted first start has left: half a demo, and nothing of anybody's."""
    import psycopg
    from psycopg.conninfo import make_conninfo
    from psycopg.sql import SQL, Identifier

    print("dev: the first start was interrupted; starting over with an empty database", file=sys.stderr)
    database = Identifier(DATABASE)
    with psycopg.connect(make_conninfo(url.replace("+psycopg", ""), dbname="postgres"), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(database))
        connection.execute(SQL("CREATE DATABASE {}").format(database))
    shutil.rmtree(folder.path / "files", ignore_errors=True)
