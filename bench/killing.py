"""Kill -9 of mail room, worker and web in turn while 2,000 strangers write: what is stored, what is doubled?

Every process runs for real and is restarted when it is killed. Senders do as mail servers do: who gets no 250 tries
again. The sink counts what really arrives there. BENCH_MAILS chooses how many, BENCH_KILL_EVERY (seconds) how often.
"""

from __future__ import annotations

import email
import os
import smtplib
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from _ground import figure, start_app
from _processes import free_port, kill, start, wait_for
from aiosmtpd.controller import Controller
from sqlalchemy import text, update

from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox

MAILS = int(os.environ.get("BENCH_MAILS", "2000"))
KILL_EVERY = float(os.environ.get("BENCH_KILL_EVERY", "1.5"))
SENDERS = 4
VICTIMS = ("mailroom", "worker", "web")
PATIENCE = 180.0  # seconds without any progress after which what is missing counts as lost


class Sink:
    """A mail server that takes everything and counts Message-IDs and recipients."""

    def __init__(self) -> None:
        self.message_ids: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        headers = email.message_from_bytes(envelope.content)
        self.message_ids[str(headers["Message-ID"])] += 1
        self.recipients.update(envelope.rcpt_tos)
        return "250 taken"


@dataclass
class Processes:
    """The product's processes, started again whenever they die, until `stop`."""

    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, name: str) -> None:
        self.running[name] = start(name, self.environment)

    def kill(self, name: str) -> None:
        """As hard as it goes, children included, and start it again at once."""
        kill(self.running[name])
        self.kills[name] += 1
        self.start(name)

    def stop(self) -> None:
        for process in self.running.values():
            kill(process)


def main() -> None:
    sink = Sink()
    sink_port, smtp_port, port = free_port(), free_port(), free_port()
    server = Controller(sink, hostname="127.0.0.1", port=sink_port)
    server.start()
    _prepare(sink_port)
    environment = {**os.environ, "SMTP_PORT": str(smtp_port), "PORT": str(port), "WEB_PROCESSES": "1"}
    processes = Processes(environment)
    for name in (*VICTIMS, "beat"):
        processes.start(name)
    try:
        wait_for(smtp_port)
        started = time.monotonic()
        accepted = _storm(processes, smtp_port)
        settled = _settle(sink, accepted)
        _report(sink, accepted, processes, settled - started)
    finally:
        processes.stop()
        server.stop()


def _prepare(sink_port: int) -> None:
    app = start_app(empty=True)
    with app.app_context():
        to_sink = {"smtp_host": "127.0.0.1", "smtp_port": sink_port, "smtp_encryption": "NONE"}
        db.session.execute(update(Mailbox).values(**to_sink))
        db.session.commit()


def _storm(processes: Processes, smtp_port: int) -> int:
    """Send all mails from several senders while the nemesis is about; returns how many were answered 250."""
    unsent, accepted, lock = list(range(MAILS)), Counter[int](), threading.Lock()

    def send() -> None:
        while True:
            with lock:
                if not unsent:
                    return
                number = unsent.pop()
            _send_until_taken(number, smtp_port)
            accepted[number] += 1

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    turn = 0
    while any(sender.is_alive() for sender in senders):
        time.sleep(KILL_EVERY)
        processes.kill(VICTIMS[turn % len(VICTIMS)])
        turn += 1
    for name in VICTIMS:
        processes.kill(name)  # once more, with everything taken and much of it not yet filed or acknowledged
    return len(accepted)


def _send_until_taken(number: int, smtp_port: int) -> None:
    sender = f"stranger{number}@mail.example"
    mail = (
        f"From: Stranger {number} <{sender}>\r\nTo: support@desk.example\r\nSubject: Request {number}\r\n"
        f"Message-ID: <request.{number}@mail.example>\r\n\r\nThis is request number {number}.\r\n"
    ).encode()
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as server:
                server.sendmail(sender, ["support@desk.example"], mail)
            return
        except (OSError, smtplib.SMTPException):
            time.sleep(0.2)


def _settle(sink: Sink, wanted: int) -> float:
    """Wait until everything is stored and acknowledged, or nothing has moved for long; returns when it last moved."""
    last, moved_at = -1, time.monotonic()
    while len(sink.message_ids) < wanted and time.monotonic() - moved_at < PATIENCE:
        if len(sink.message_ids) != last:
            last, moved_at = len(sink.message_ids), time.monotonic()
        time.sleep(0.2)
    return time.monotonic() if len(sink.message_ids) >= wanted else moved_at


def _report(sink: Sink, accepted: int, processes: Processes, seconds: float) -> None:
    with start_app().app_context():
        row = db.session.execute(text("""
            SELECT count(*) AS messages, count(DISTINCT sender) AS senders, count(DISTINCT ticket_id) AS tickets,
                   (SELECT count(*) FROM customer) AS customers, (SELECT count(*) FROM raw_message) AS raws,
                   (SELECT count(*) FROM raw_message WHERE state NOT IN ('DONE', 'DUPLICATE', 'IGNORED')) AS held
            FROM message WHERE author = 'CUSTOMER'
        """)).one()  # fmt: skip
        db.session.remove()
    copies = sum(sink.message_ids.values()) - len(sink.message_ids)
    figure("killing: mails in", accepted, "mails")
    figure("killing: stored", row.senders, "mails", accepted)
    figure("killing: lost", accepted - row.senders - row.held, "mails")
    figure("killing: in quarantine (interrupted three times)", row.held, "mails")
    doubled = row.messages + row.tickets + row.customers - 3 * row.senders
    figure("killing: doubled", doubled, "mails")
    figure("killing: acknowledged (distinct Message-IDs)", len(sink.message_ids), "mails", accepted)
    figure("killing: acknowledged twice", len(sink.message_ids) - len(sink.recipients), "mails")
    figure("killing: copies of one Message-ID", copies, "mails")
    figure("killing: kills", sum(processes.kills.values()), "kills")
    figure("killing: until all was acknowledged", seconds, "s")


if __name__ == "__main__":
    main()
