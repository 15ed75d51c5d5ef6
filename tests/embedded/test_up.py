"""`./dev up` as a whole, on servers that stand for a site's own: up, answering, and gone again."""

from __future__ import annotations

import re
import signal
import smtplib
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

from contact_center.embedded import surroundings
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def test_it_comes_up_answers_and_stops_cleanly(folder: DataFolder, bare_environment: dict[str, str]) -> None:
    servers = Servers(folder, ["postgres", "valkey", "fast"]).join()
    web, mail = _free_ports(2)
    env = bare_environment | servers.urls | {"PORT": str(web), "SMTP_PORT": str(mail), "WEB_PROCESSES": "1"}
    up = subprocess.Popen(
        [sys.executable, "-m", "contact_center.embedded", "up"],
        env={**env, "DATA_DIR": str(folder.path / "site"), "WEB_THREADS": "8"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        shown = []
        for line in up.stdout:
            shown.append(line)
            if "Ctrl-C stops everything" in line:
                break
        assert f"  Desk             http://127.0.0.1:{web}/desk\n" in shown
        assert urllib.request.urlopen(f"http://127.0.0.1:{web}/healthz").status == 200
        with smtplib.SMTP("127.0.0.1", mail) as line:
            assert line.noop()[0] == 250
        up.send_signal(signal.SIGINT)
        rest = up.stdout.read()
        assert up.wait() == 0
        assert not re.search("Traceback", rest)
        for port in (web, mail):  # whoever listened has gone
            with socket.create_server(("127.0.0.1", port)):
                pass
    finally:
        up.kill()
        up.wait()
        up.stdout.close()
        servers.leave()


def test_the_demos_mail_goes_to_its_post_office_unless_there_is_a_relay(folder: DataFolder) -> None:
    env = {"DATA_DIR": str(folder.path), "SMTP_PORT": "2600"}
    config = surroundings.check(env)
    assert surroundings.with_post_office(env, config) == env
    (folder.path / "sign-ins.json").write_text("[]")
    assert surroundings.with_post_office(env, config)["SMTP_RELAY"] == "127.0.0.1:2601"
    theirs = env | {"SMTP_RELAY": "mail.example.com:25"}
    assert surroundings.with_post_office(theirs, config) == theirs
