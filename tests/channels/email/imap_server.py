"""A small IMAP server with faults at the flick of a switch. It speaks the protocol over real sockets.

One folder, INBOX; tests put mails in, renumber them, and set `faults`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

DATE = "22-Nov-2026 08:%02d:%02d +0000"


@dataclass
class Mail:
    uid: int
    data: bytes
    arrived: str
    seen: bool = False


@dataclass
class Faults:
    """What goes wrong. Numbers are UIDs."""

    drop_at: set[int] = field(default_factory=set)  # the connection breaks in the middle of this mail
    empty_at: set[int] = field(default_factory=set)  # FETCH leaves this mail out
    hang_at: set[int] = field(default_factory=set)
    drip_at: set[int] = field(default_factory=set)  # one byte at a time, for ever
    listing: Sequence[int] = ()  # what SEARCH answers, whatever is there
    hidden: set[int] = field(default_factory=set)  # not listed yet: appears out of order
    refuse_login: bool = False
    greeting: bytes = b"* OK ready\r\n"
    drips_greeting: bool = False
    no_idle: bool = False
    no_starttls: bool = False
    throttle: bool = False
    drops_left: int = 10**9  # how often drop_at happens


class ImapServer(socketserver.ThreadingTCPServer):
    """`with ImapServer() as server: server.port`; TLS from the start with `context` and `implicit`, else STARTTLS."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, context: ssl.SSLContext | None = None, *, implicit: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.context = context
        self.implicit = implicit
        self.mails: list[Mail] = []
        self.next_uid = 1
        self.validity = 1000
        self.faults = Faults()
        self.changed = threading.Condition()
        self.commands: list[str] = []  # what clients said, without tags
        self.in_clear: list[bytes] = []  # lines that came before TLS
        self.open: set[socket.socket] = set()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.hang_up()
        self.server_close()

    def hang_up(self) -> None:
        """Drop all connections."""
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def put(self, data: bytes, uid: int | None = None, arrived: str | None = None) -> int:
        with self.changed:
            uid = uid or self.next_uid
            self.next_uid = max(self.next_uid, uid + 1)
            self.mails.append(Mail(uid, data, arrived or DATE % (uid // 60 % 60, uid % 60)))
            self.mails.sort(key=lambda mail: mail.uid)
            self.changed.notify_all()
        return uid

    def empty(self) -> None:
        with self.changed:
            self.mails.clear()

    def handle_error(self, request, client_address) -> None:
        """Broken connections are what this server is for."""


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: ImapServer

    def setup(self) -> None:
        self.tls = False
        if self.server.implicit and self.server.context:
            self._wrap()
        self.server.open.add(self.request)
        super().setup()

    def _wrap(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.open.add(self.request)
        self.tls = True

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.server.open.discard(self.request)
        self.request.close()

    def handle(self) -> None:
        if self.server.faults.drips_greeting:
            self._drip(b"*" * 10_000)
        self.say(self.server.faults.greeting)
        while line := self.rfile.readline():
            if not self.tls:
                self.server.in_clear.append(line)
            tag, _, rest = line.decode().strip().partition(" ")
            self.server.commands.append(rest)
            verb = rest.upper().removeprefix("UID ").split()[0]
            answer = getattr(self, f"do_{verb.lower()}")(tag, rest)
            if answer is None:
                return
            self.say(f"{tag} {answer}\r\n".encode())

    def say(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def do_capability(self, tag, rest) -> str:
        words = ["IMAP4rev1"]
        if not self.server.faults.no_idle:
            words.append("IDLE")
        if self.server.context and not self.tls and not self.server.faults.no_starttls:
            words.append("STARTTLS")
        self.say(f"* CAPABILITY {' '.join(words)}\r\n".encode())
        return "OK done"

    def do_starttls(self, tag, rest) -> str | None:
        self.say(f"{tag} OK begin\r\n".encode())
        self._wrap()
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.server.commands.append(rest)
            verb = rest.upper().removeprefix("UID ").split()[0]
            answer = getattr(self, f"do_{verb.lower()}")(tag, rest)
            if answer is None:
                break
            self.say(f"{tag} {answer}\r\n".encode())
        return None

    def do_login(self, tag, rest) -> str:
        return "NO [AUTHENTICATIONFAILED] wrong" if self.server.faults.refuse_login else "OK welcome"

    def do_list(self, tag, rest) -> str:
        self.say(b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n* LIST (\\HasNoChildren) "/" "Sent"\r\n')
        return "OK done"

    def do_select(self, tag, rest) -> str:
        if "INBOX" not in rest:
            return "NO no such folder"
        server = self.server
        self.say(
            f"* {len(server.mails)} EXISTS\r\n* OK [UIDVALIDITY {server.validity}] x\r\n"
            f"* OK [UIDNEXT {server.next_uid}] x\r\n".encode()
        )
        return "OK [READ-WRITE] selected"

    do_examine = do_select

    def do_noop(self, tag, rest) -> str:
        return "OK done"

    def do_logout(self, tag, rest) -> None:
        self.say(f"* BYE\r\n{tag} OK bye\r\n".encode())

    def _listed(self, ranges: str) -> list[Mail]:
        mails = [mail for mail in self.server.mails if mail.uid not in self.server.faults.hidden]
        highest = mails[-1].uid if mails else 0
        wanted: set[int] = set()
        for part in ranges.split(","):
            first, _, last = part.partition(":")
            bounds = sorted(highest if end == "*" else int(end) for end in (first, last or first))
            wanted |= {mail.uid for mail in mails if bounds[0] <= mail.uid <= bounds[1]}
        return [mail for mail in mails if mail.uid in wanted]

    def do_search(self, tag, rest) -> str:
        if self.server.faults.throttle:
            return "NO [UNAVAILABLE] slow down"
        ranges = re.search(r"UID (\S+:\*)", rest.removeprefix("UID SEARCH "))
        found = self._listed(ranges[1] if ranges else "1:*")
        uids = self.server.faults.listing or [mail.uid for mail in found]
        self.say(f"* SEARCH {' '.join(map(str, uids))}\r\n".encode())
        return "OK done"

    def do_store(self, tag, rest) -> str:
        for mail in self._listed(rest.split()[2]):
            mail.seen = True
        return "OK done"

    def do_fetch(self, tag, rest) -> str | None:
        what = rest.split(maxsplit=3)[3].upper()
        for number, mail in enumerate(self._listed(rest.split()[2]), 1):
            if "BODY.PEEK[]" not in what:
                self._tell(number, mail, what)
            elif not self._hand_out(number, mail):
                return None
        return "OK done"

    def _tell(self, number: int, mail: Mail, what: str) -> None:
        if "HEADER" in what:
            head = mail.data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.say(b"* %d FETCH (UID %d BODY[HEADER] {%d}\r\n%s)\r\n" % (number, mail.uid, len(head), head))
            return
        fields = f'UID {mail.uid} RFC822.SIZE {len(mail.data)} INTERNALDATE "{mail.arrived}"'
        self.say(f"* {number} FETCH ({fields})\r\n".encode())

    def _hand_out(self, number: int, mail: Mail) -> bool:
        faults = self.server.faults
        head = b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, mail.uid, len(mail.data))
        if mail.uid in faults.empty_at:
            return True
        if mail.uid in faults.hang_at:
            self.rfile.read(1)
            return False
        if mail.uid in faults.drip_at:
            return self._drip(head + mail.data)
        if mail.uid in faults.drop_at and faults.drops_left > 0:
            faults.drops_left -= 1
            self.say(head + mail.data[: len(mail.data) // 2])
            return False
        self.say(head + mail.data + b")\r\n")
        return True

    def _drip(self, data: bytes) -> bool:
        for byte in data:
            self.say(bytes([byte]))
            time.sleep(0.02)
        return False

    def do_idle(self, tag, rest) -> str | None:
        server = self.server
        self.say(b"+ idling\r\n")
        before = len(server.mails)
        self.request.settimeout(0.02)
        while True:
            with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
                line = self.request.recv(100)
                self.request.settimeout(None)
                return "OK done" if line.upper().startswith(b"DONE") else None
            if len(server.mails) != before:
                before = len(server.mails)
                self.say(f"* {before} EXISTS\r\n".encode())
