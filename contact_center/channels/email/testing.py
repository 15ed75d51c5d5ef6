"""Try a mailbox's servers as they are set, and say in plain words what works and what does not. Stores nothing.

Called by the mailbox screen, `contact-center mailbox test` and `doctor`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask_babel import force_locale, get_locale, gettext

from contact_center.channels.email import connecting, explaining, fetching
from contact_center.channels.email.connecting import Server
from contact_center.errors import ContactCenterError
from contact_center.mailboxes.models import Mailbox

PATIENCE = 10.0  # seconds for one step
ALTOGETHER = 25.0  # for everything, name resolution included


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried: `what` is "imap" or "smtp"; `is_well` is None where there is nothing to try."""

    what: str
    is_well: bool | None
    sentence: str


Attempt = Callable[[], Finding]


def check(mailbox: Mailbox) -> list[Finding]:
    """Sign in to both servers of *mailbox*, which need not be saved, at the same time."""
    name, folder = mailbox.address.rpartition("@")[2], mailbox.imap_folder
    return _at_once(
        {
            "imap": _attempt(lambda: connecting.imap_server(mailbox), lambda server: _imap(server, folder)),
            "smtp": _attempt(
                lambda: connecting.smtp_server(mailbox) or connecting.relay(), lambda server: _smtp(server, name)
            ),
        }
    )


def _attempt(find: Callable[[], Server | None], attempt: Callable[[Server | None], Finding]) -> Attempt:
    """What to do in a thread. The server is found here: rows belong to the thread that read them."""
    try:
        server = find()
    except ContactCenterError as error:  # the stored password cannot be read
        sentence = error.sentence
        return lambda: Finding("", False, sentence)
    return lambda: attempt(server)


def _at_once(attempts: dict[str, Attempt]) -> list[Finding]:
    """Run them in threads of their own: resolving a name cannot be interrupted, but need not be waited for."""
    app, locale = current_app._get_current_object(), str(get_locale() or "en")  # type: ignore[attr-defined]  # noqa: SLF001

    def run(attempt: Attempt) -> Finding:
        with app.app_context(), force_locale(locale):
            return attempt()

    pool = ThreadPoolExecutor(len(attempts))
    futures = {what: pool.submit(run, attempt) for what, attempt in attempts.items()}
    pool.shutdown(wait=False)
    findings = []
    for what, future in futures.items():
        try:
            findings.append(replace(future.result(ALTOGETHER), what=what))
        except TimeoutError:
            findings.append(Finding(what, False, gettext("There was no answer in time.")))
    return findings


def _imap(server: Server | None, folder: str) -> Finding:
    if server is None:
        sentence = gettext("No mail is fetched: it is handed over by SMTP or contact-center mail.")
        return Finding("imap", None, sentence)
    return _told("imap", server, lambda: _open(server, folder))


def _open(server: Server, folder: str) -> str:
    client = connecting.imap(server, PATIENCE)
    try:
        with connecting.deadline(client.socket(), PATIENCE):
            count = fetching.select(client, folder, readonly=True).get(b"EXISTS", 0)
    finally:
        with suppress(Exception):
            connecting.hang_up(client)
    return gettext("Signed in at %(host)s; the folder “%(folder)s” holds %(count)d mails.", host=server.host,
                   folder=folder, count=int(count))  # fmt: skip


def _smtp(server: Server | None, name: str) -> Finding:
    if server is None:
        sentence = gettext("No server to send by: set one here, or SMTP_RELAY for all mailboxes.")
        return Finding("smtp", False, sentence)
    return _told("smtp", server, lambda: _greet(server, name))


def _greet(server: Server, name: str) -> str:
    line: Any = connecting.smtp(server, name, PATIENCE)
    with suppress(OSError):
        line.noop()
    line.close()
    if server.login:
        return gettext("Signed in at %(host)s; mail can leave.", host=server.host)
    return gettext("%(host)s answers; mail can leave without signing in.", host=server.host)


def _told(what: str, server: Server, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, attempt())
    except Exception as error:  # noqa: BLE001 (whatever went wrong is what we are asked to tell)
        return Finding(what, False, explaining.sentence(error, server))
