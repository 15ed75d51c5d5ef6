"""Fetch a file of a text: from the carrier with our password, from where it leads on without, never from a private net.

Only addresses of the carrier and of where it keeps its files are asked, by https; an emulated one by its own address.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from contact_center.channels.sms.provider import Download
from contact_center.channels.twilio import account
from contact_center.channels.twilio.account import Account
from contact_center.channels.twilio.client import TIMEOUTS, moved
from contact_center.channels.twilio.failures import Gone, Refused, Retry, Unknown
from contact_center.text.sayings import gettext

OURS = ("api.twilio.com", "mms.twiliocdn.com")  # who may know the password: the first only
FILES = (".twilio.com", ".twiliocdn.com", ".amazonaws.com")
MOST_STEPS = 4
_PIECE = 64 * 1024


def fetch(url: str) -> Download:
    """Open the file at *url*; raises Refused where it leads somewhere else, Gone, Retry."""
    import requests

    ours = account.current()
    if ours is None:
        raise Refused(gettext("No carrier is set up: an administrator must enter an account."))
    here = moved(url, ours.base) if ours.base and url.startswith(f"https://{OURS[0]}/") else url
    with_password = True
    for _step in range(MOST_STEPS):
        parts = _allowed(here, ours)
        try:
            answer = _ask(requests, here, (ours.sid, ours.token) if with_password and _is_home(parts, ours) else None)
        except requests.RequestException as error:
            raise Unknown(gettext("The carrier has not answered.")) from error
        if answer.status_code not in (301, 302, 303, 307, 308):
            return _opened(answer)
        answer.close()
        here, with_password = urljoin(here, answer.headers.get("Location", "")), False
    raise Refused(gettext("The file leads from one address to the next."))


def _ask(requests: Any, url: str, password: tuple[str, str] | None) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, auth=password, timeout=TIMEOUTS, stream=True, allow_redirects=False)


def _allowed(url: str, ours: Account) -> SplitResult:
    """The address, if it may be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused(gettext("The file’s address is none of the carrier’s.")) from None
    if _is_home(parts, ours):
        return parts
    is_known = host in OURS or any(host.endswith(end) for end in FILES)
    if ours.base or parts.scheme != "https" or not is_known or port not in (None, 443) or parts.username:
        raise Refused(gettext("The file’s address is none of the carrier’s."))
    if not all(ipaddress.ip_address(each).is_global for each in _leads_to(host)):
        raise Refused(gettext("The file’s address is none of the carrier’s."))
    return parts


def _is_home(parts: SplitResult, ours: Account) -> bool:
    """Whether it is the very address that our requests go to."""
    home = urlsplit(ours.base or f"https://{OURS[0]}")
    return (parts.scheme, parts.netloc) == (home.scheme, home.netloc)


def _leads_to(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Retry(gettext("The carrier cannot be reached."), after=30.0) from error


def _opened(answer: Any) -> Download:
    status = answer.status_code
    if status == 200:
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Download(kind, _pieces(answer))
    answer.close()
    if status == 404:  # it may not have got there yet
        raise Gone(gettext("The carrier does not know it any more."))
    if status == 429 or status >= 500:
        raise Retry(gettext("The carrier has trouble of its own."), after=10.0)
    raise Refused(gettext("The carrier does not hand the file over (%(status)s).", status=status))


def _pieces(answer: Any) -> Iterator[bytes]:
    with answer:
        yield from answer.iter_content(_PIECE)
