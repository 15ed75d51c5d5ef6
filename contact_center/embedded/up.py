"""`./dev up`: the whole contact centre in one terminal, from a bare checkout to a welcome screen.

Order: checks that need nothing running, assets, servers, migrations, the demo's data once, then the processes.
"""

from __future__ import annotations

import errno
import http.client
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from contact_center.config import Config
from contact_center.embedded import CannotStart, assets, forking, screen, seed, surroundings, telephone
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.joining import Servers, given
from contact_center.embedded.screen import Screen
from contact_center.embedded.supervisor import Child, Supervisor

PROCESSES = ("web", "worker", "beat", "mailroom", "dispatcher")
KEEPER_SECONDS = 5.0
HEALTH_SECONDS = 0.2
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 (recognised, not bound)


def up(env: Mapping[str, str]) -> int:
    """Run everything until a signal; the exit code."""
    config = surroundings.check(env)
    folder, outside = DataFolder(config.data_dir).make(), given(env, "DATABASE_URL")
    with folder.claim():
        _require_ports(config, has_post_office=not outside or surroundings.has_demo(folder.path))
        if telephone.is_wanted(env):
            _require_port(telephone.port(config), "127.0.0.1", "PORT (the emulated carrier answers 700 above)")
        folder.note_ports(PORT=config.port, SMTP_PORT=config.smtp_port)
        _say(*assets.build(env))
        servers, surrounding = surroundings.join(folder, env)
        try:
            seed.prepare(folder, surrounding, outside=outside)
            surrounding = surroundings.with_post_office(surrounding, config)
            _supervise(config, servers, telephone.with_carrier(surrounding, config, folder), _beside(config, env))
            _say("stopped")
        finally:
            if servers:
                servers.leave()
    return 0


def _beside(config: Config, env: Mapping[str, str]) -> list[Child]:
    """The telephone company, where there is no account with a real one."""
    command = telephone.program(config, DataFolder(config.data_dir)) if telephone.is_wanted(env) else []
    return [Child("carrier", forking.program(command))] if command else []


def _supervise(config: Config, servers: Servers | None, env: Mapping[str, str], beside: list[Child]) -> None:
    shown = Screen(env)
    forking.load()
    children = [*(Child(name, forking.command(name)) for name in PROCESSES), *beside]
    if surroundings.has_demo(config.data_dir):
        children.append(Child("post", partial(_run_post_office, config)))
    supervisor = Supervisor(children, env, shown)
    supervisor.tick = _Watch(config, servers, shown, telephone.handset(config) if beside else "").tick
    supervisor.run()


def _run_post_office(config: Config) -> None:
    """Where the demo's outgoing mail ends."""
    from contact_center.channels.email import postoffice

    postoffice.serve(config.data_dir / "post-office", "127.0.0.1", surroundings.post_office_port(config))


class _Watch:
    """What the supervisor does by the clock: welcome the person once, and have the servers kept always."""

    def __init__(self, config: Config, servers: Servers | None, shown: Screen, handset: str) -> None:
        self.config = config
        self.handset = handset
        self.servers = servers
        self.shown = shown
        self.welcomed = False
        self._next_look = 0.0

    def tick(self) -> float:
        """Look after both; answers in how many seconds to look again."""
        if not self.welcomed and _is_healthy(self.config) and _takes_mail(self.config):
            self.welcomed = True
            accounts = screen.sign_ins(self.config.data_dir)
            said = screen.welcome(self.shown, self.config, accounts, self.handset)
            print(said, file=self.shown.stream, flush=True)
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + KEEPER_SECONDS
            self._mend_servers()
        return KEEPER_SECONDS if self.welcomed else HEALTH_SECONDS

    def _mend_servers(self) -> None:
        if self.servers is None or self.servers.kept():
            return
        self.shown.line("dev", "PostgreSQL and Valkey have lost their keeper; starting them again")
        try:
            self.servers.join()
        except CannotStart as refusal:
            self.shown.line("dev", str(refusal))


def _is_healthy(config: Config) -> bool:
    with suppress(OSError, http.client.HTTPException):
        line = http.client.HTTPConnection(_reached_at(config.host), config.port, timeout=1)
        line.request("GET", "/healthz")
        return line.getresponse().status == http.client.OK
    return False


def _takes_mail(config: Config) -> bool:
    with suppress(OSError), socket.create_connection((_reached_at(config.smtp_host), config.smtp_port), timeout=1):
        return True
    return False


def _reached_at(host: str) -> str:
    return "127.0.0.1" if host in EVERYWHERE else host


def _require_ports(config: Config, *, has_post_office: bool) -> None:
    _require_port(config.port, config.host, "PORT")
    _require_port(config.smtp_port, config.smtp_host, "SMTP_PORT")
    if has_post_office:
        _require_port(
            surroundings.post_office_port(config), "127.0.0.1", "SMTP_PORT (the demo's mail leaves by the next)"
        )


def _require_port(port: int, host: str, setting: str) -> None:
    """Raise CannotStart when *port* is taken or forbidden."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            why = "is taken by another program" if taken else f"of {host} cannot be used ({error})"
            raise CannotStart(f"Port {port} {why}; choose another by {setting}.") from error


def _say(*lines: str) -> None:
    for line in lines:
        print(f"dev: {line}", file=sys.stderr, flush=True)
