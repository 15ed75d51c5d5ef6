"""Request Tracker 5 measured on PEER_DSN, where its package is installed; prints one JSON value as its last line.

    python request_tracker.py mail_in FOLDER    mails per second through the end-point its mail gate posts to, one by one

Its own server runs meanwhile, with a configuration of its own; its mail goes into a file. BENCH_PEER_MAILS (150) limits
how many mails it is given: it takes a third of a second for each.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

SETUP = "rt-setup-database-5"
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")  # where the package has it
HOW = (
    f"Request Tracker is not measured: there is no {SETUP} here."
    " On Debian, root installs it by: apt-get install request-tracker5 rt5-db-postgresql rt5-standalone"
)
MAILS = int(os.environ.get("BENCH_PEER_MAILS", "150"))
FOLDER = Path(os.environ["PEER_FOLDER"])
RIGHTS = "".join(
    f"push @ACL, {{GroupDomain => 'SystemInternal', GroupType => 'Everyone', Queue => 'General', Right => '{right}'}};\n"
    for right in ("CreateTicket", "ReplyToTicket", "CommentOnTicket")
)


def mail_in(folder: str) -> dict[str, float] | None:
    if not shutil.which(SETUP) or not SERVER.is_file():
        print(HOW, file=sys.stderr)
        return None
    port = _free_port()
    environment = _configured(port)
    _set_up(environment)
    command = [str(SERVER), "--server", "Starlet", "--max-workers", "2", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    server = subprocess.Popen(command, env=environment, **quiet)  # type: ignore[call-overload]
    try:
        return _measured([file.read_bytes() for file in sorted(Path(folder).glob("*.eml"))[: MAILS + 5]], port)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _configured(port: int) -> dict[str, str]:
    where = conninfo_to_dict(os.environ["PEER_DSN"])
    said = {
        "DatabaseType": "Pg", "DatabaseHost": where.get("host", ""), "DatabasePort": where.get("port", ""),
        "DatabaseUser": where.get("user", ""), "DatabasePassword": where.get("password", ""),
        "DatabaseAdmin": where.get("user", ""), "DatabaseName": where["dbname"],
        "WebDomain": "127.0.0.1", "WebPort": str(port), "MailCommand": "testfile", "rtname": "bench",
        "Organization": "desk.example", "CorrespondAddress": "support@desk.example", "LogToSyslog": "", "LogToSTDERR": "",
        "VarPath": str(FOLDER),
    }  # fmt: skip
    lines = [f"Set(${name}, '{value}');" for name, value in said.items()]
    (FOLDER / "RT_SiteConfig.pm").write_text("\n".join([*lines, "1;"]))
    (FOLDER / "nothing").mkdir()
    return {
        **os.environ,
        "RT_SITE_CONFIG": str(FOLDER / "RT_SiteConfig.pm"),
        "RT_SITE_CONFIG_DIR": str(FOLDER / "nothing"),
    }


def _set_up(environment: dict[str, str]) -> None:
    where = conninfo_to_dict(os.environ["PEER_DSN"])
    (FOLDER / "rights.pl").write_text(f"{RIGHTS}1;\n")
    dba = ["--dba", str(where.get("user", "")), "--dba-password", str(where.get("password", ""))]
    for step in (
        ["--action", "init", "--skip-create"],
        ["--action", "insert", "--datafile", str(FOLDER / "rights.pl")],
    ):
        done = subprocess.run([SETUP, *step, *dba], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{SETUP}: {(done.stdout + done.stderr).strip()[-400:]}")


def _measured(mails: list[bytes], port: int) -> dict[str, float]:
    for _ in range(120):
        with contextlib.suppress(OSError):
            _post(mails[0], port)
            break
        time.sleep(0.5)
    for mail in mails[1:5]:
        _post(mail, port)
    mails, started = mails[5:], time.perf_counter()
    taken = sum(_post(mail, port) for mail in mails)
    rate = taken / (time.perf_counter() - started)
    print(f"Request Tracker: {taken} of {len(mails)} mails taken")
    return {"rate": rate, "failed": len(mails) - taken}


def _post(mail: bytes, port: int) -> bool:
    """Hand a mail over as its mail gate does; whether it was taken."""
    edge = uuid.uuid4().hex
    fields = {"queue": b"General", "action": b"correspond", "SessionType": b"REST", "message": mail}
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n'
        % (
            edge.encode(),
            name.encode(),
            b"Content-Type: application/octet-stream\r\n" if name == "message" else b"",
            value,
        )
        for name, value in fields.items()
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/REST/1.0/NoAuth/mail-gateway",
        data=body + b"--%s--\r\n" % edge.encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={edge}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bool(answer.read().lstrip().startswith(b"ok"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"mail_in": mail_in}[command](*arguments)))
