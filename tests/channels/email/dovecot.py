"""A private Dovecot on loopback: real IMAP over a maildir that tests drop mail into. Runs as root or as anybody."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.channels.email.certificates import Authority
from tests.channels.email.ports import free_port
from tests.channels.email.waiting import answers, until

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{chain}
ssl_key = <{key}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 0
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
{unprivileged}
"""
UNPRIVILEGED = """
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """`with Dovecot(authority) as server`; the user is "support", the password "secret"."""

    def __init__(self, authority: Authority) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cc-dove-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.port, self.tls_port = free_port(), free_port()
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._maildir = self.folder / "mail" / "support"
        self._numbers = itertools.count(1)
        for name in ("cur", "new", "tmp"):
            (self._maildir / name).mkdir(parents=True)
        self._hand_over(self.folder / "mail")
        chain, key = authority.files("localhost")
        unprivileged = "" if os.getuid() == 0 else UNPRIVILEGED.format(user=self._owner.pw_name, group=os.getgid())
        self._config = self.folder / "dovecot.conf"
        self._config.write_text(
            CONFIG.format(
                folder=self.folder, chain=chain, key=key, uid=self._owner.pw_uid, gid=self._owner.pw_gid,
                port=self.port, tls_port=self.tls_port, unprivileged=unprivileged,
            )
        )  # fmt: skip

    def __enter__(self) -> Self:
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        with (self.folder / "started").open("w") as said:  # a pipe would stay open in the daemon
            subprocess.run([program, "-c", str(self._config)], check=True, stdout=said, stderr=said)
        until(lambda: answers(self.port) and answers(self.tls_port))
        return self

    def __exit__(self, *_: object) -> None:
        pid = self.folder / "run" / "master.pid"
        os.kill(int(pid.read_text()), signal.SIGTERM)
        until(lambda: not pid.exists())
        shutil.rmtree(self.folder, ignore_errors=True)

    def drop(self, data: bytes) -> None:
        """Deliver a mail as an MDA does: complete in tmp, then renamed into new."""
        name = f"{next(self._numbers):06d}.M{os.getpid()}.test"
        part = self._maildir / "tmp" / name
        part.write_bytes(data)
        self._hand_over(part)
        part.rename(self._maildir / "new" / name)

    def unread(self) -> int:
        """How many mails nobody has marked as read."""
        new = sum(1 for _ in (self._maildir / "new").iterdir())
        return new + sum(not path.name.partition(":2,")[2].count("S") for path in (self._maildir / "cur").iterdir())

    def _hand_over(self, path: Path) -> None:
        if os.getuid() == 0:
            for each in (path, *(path.rglob("*") if path.is_dir() else ())):
                os.chown(each, self._owner.pw_uid, self._owner.pw_gid)
