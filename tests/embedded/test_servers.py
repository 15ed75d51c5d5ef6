"""Our own PostgreSQL and Valkey: shared while somebody uses them, gone afterwards, whatever was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from contact_center.embedded import CannotStart, server
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers

BOTH = ["postgres", "valkey", "fast"]
PATIENCE = 30
USER = """
import sys
from pathlib import Path
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers
servers = Servers(DataFolder(Path(sys.argv[1])), sys.argv[2:]).join()
print("joined", flush=True)
sys.stdin.read()
"""


def _connect(servers: Servers) -> psycopg.Connection:
    return psycopg.connect(servers.urls["DATABASE_URL"].replace("+psycopg", ""), autocommit=True)


def _postmaster(folder: DataFolder) -> int:
    return int((folder.cluster / "postmaster.pid").read_text().split()[0])


def _keeper(folder: DataFolder) -> int:
    """The parent of the PostgreSQL server."""
    return int(Path(f"/proc/{_postmaster(folder)}/stat").read_text().rpartition(")")[2].split()[1])


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if server._state(pid)[0] == "Z":
                return
        except (OSError, ValueError):
            return
    raise AssertionError(f"process {pid} is still there")


def _start_user(folder: DataFolder) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder.path), *BOTH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "joined\n"
    return process


def test_it_answers_with_the_extensions_and_settings_we_build_on(folder: DataFolder) -> None:
    servers = Servers(folder, BOTH).join()
    with _connect(servers) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        assert connection.execute("SELECT unaccent('é'), 'ÄBC' ILIKE 'äbc'").fetchone() == ("e", True)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
    assert redis.Redis.from_url(servers.urls["REDIS_URL"]).config_get("maxmemory-policy")["maxmemory-policy"] == (
        "noeviction"
    )
    servers.leave()


def test_it_keeps_what_was_written_from_one_use_to_the_next(folder: DataFolder) -> None:
    servers = Servers(folder, ["postgres", "valkey"]).join()
    with _connect(servers) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    redis.Redis.from_url(servers.urls["REDIS_URL"]).set("kept", "7")
    servers.leave()
    servers.join()
    with _connect(servers) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert redis.Redis.from_url(servers.urls["REDIS_URL"]).get("kept") == b"7"
    servers.leave()


def test_it_stops_the_servers_only_after_the_last_use(folder: DataFolder) -> None:
    first, second = Servers(folder, BOTH).join(), Servers(folder, BOTH).join()
    postmaster = _postmaster(folder)
    first.leave()
    with _connect(second) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert _postmaster(folder) == postmaster
    second.leave()
    _await_end(postmaster)
    first._keeper.wait()
    assert not folder.addresses.exists()


def test_the_folder_can_be_had_alone_as_soon_as_the_last_use_has_ended(folder: DataFolder) -> None:
    servers = Servers(folder, BOTH).join()
    servers._users.close()  # as a process that ends: nobody waits for the keeper, which may not have noticed yet
    with folder.alone():
        assert not folder.addresses.exists()
    servers._keeper.wait()


def test_it_stops_the_servers_when_their_only_user_is_killed(folder: DataFolder) -> None:
    with _start_user(folder) as user:
        postmaster = _postmaster(folder)
        user.kill()
    _await_end(postmaster)


def test_it_starts_a_server_again_that_was_killed(folder: DataFolder) -> None:
    servers = Servers(folder, BOTH).join()
    before = _postmaster(folder)
    os.kill(before, signal.SIGKILL)
    _await_end(before)
    deadline = time.monotonic() + PATIENCE
    answer = None
    while answer is None and time.monotonic() < deadline:
        try:
            with _connect(servers) as connection:
                answer = connection.execute("SELECT 1").fetchone()
        except psycopg.OperationalError:
            continue
    assert answer == (1,)
    assert _postmaster(folder) != before
    servers.leave()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_it_recovers_when_the_keeper_is_killed(folder: DataFolder) -> None:
    servers = Servers(folder, BOTH).join()
    before = _postmaster(folder)
    os.kill(_keeper(folder), signal.SIGKILL)
    servers._keeper.wait()
    assert not servers.kept()
    servers.join()  # while the old server may still be ending
    assert servers.kept()
    with _connect(servers) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert _postmaster(folder) != before
    servers.leave()


def test_it_takes_no_notice_of_the_note_of_a_server_that_is_gone(folder: DataFolder) -> None:
    servers = Servers(folder, BOTH).join()
    servers.leave()
    (folder.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")  # alive, but no postgres
    servers.join()
    assert _postmaster(folder) != os.getpid()
    servers.leave()


def test_it_says_in_one_sentence_why_a_server_cannot_start(folder: DataFolder) -> None:
    Servers(folder, BOTH).join().leave()
    (folder.cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStart, match=r"PostgreSQL did not start .*version"):
        Servers(folder, BOTH).join()


def test_it_finds_a_short_place_for_sockets_when_the_folder_has_a_long_name(folder: DataFolder) -> None:
    deep = folder.path / ("long" * 12) / ("name" * 12)
    servers = Servers(DataFolder(deep).make(), BOTH).join()
    with _connect(servers) as connection:
        place = Path(connection.execute("SHOW unix_socket_directories").fetchone()[0])
    assert server.fits(place / ".s.PGSQL.5432")
    assert place.stat().st_mode & 0o077 == 0
    servers.leave()
    assert not place.exists()


def test_it_asks_for_a_password_over_tcp(folder: DataFolder) -> None:
    servers = Servers(folder, ["postgres", "fast", "tcp"]).join()
    url = servers.urls["DATABASE_URL"].replace("+psycopg", "")
    assert "@127.0.0.1:" in url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    password = url.partition("postgres:")[2].partition("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guessed"))
    servers.leave()
