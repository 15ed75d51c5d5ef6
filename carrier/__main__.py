"""`python -m carrier`: a phone company on this machine, in real time.

The application is told of it by TWILIO_API_BASE; addresses of its webhooks may be given relative to --app-url.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from urllib.parse import urljoin

from carrier.account import Account, Hooks
from carrier.http import is_loopback
from carrier.server.serving import Serving

HOOKS = ("voice_url", "voice_fallback_url", "status_callback", "sms_url", "sms_fallback_url")


def arguments() -> argparse.Namespace:
    """What is said on the command line."""
    parser = argparse.ArgumentParser(prog="python -m carrier", description="A phone company in a box.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--app-url", default="http://127.0.0.1:8400", help="where the application answers")
    parser.add_argument("--account", type=Path, help="a JSON file with the TWILIO_… settings, instead of the next four")
    parser.add_argument("--account-sid", default="")
    parser.add_argument("--auth-token-file", type=Path)
    parser.add_argument("--api-key", default="")
    parser.add_argument("--api-secret-file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", action="append", default=[], help="a number of the account; may be repeated")
    parser.add_argument(
        "--unattended", choices=("answer", "busy", "no-answer", "failed", "by hand"), default="by hand",
        help="what a number does when it is rung; by hand: it rings, and is answered on a handset's page or not at all",
    )  # fmt: skip
    parser.add_argument("--every-number", action="store_true", help="whatever number is dialled is the account's")
    parser.add_argument("--book", type=Path, help="a JSON file with numbers and callers for the handset's page")
    for hook in HOOKS:
        parser.add_argument(f"--{hook.replace('_', '-')}", default="", help=f"{hook} of every number")
    parser.add_argument("--application-sid", default="", help="the TwiML application of browsers' calls")
    parser.add_argument("--client-url", default="", help="voice_url of that application")
    said = parser.parse_args()
    if said.account is None and not (said.account_sid and said.auth_token_file):
        parser.error("say who the account is: --account, or --account-sid with --auth-token-file")
    return said


def serving(said: argparse.Namespace) -> Serving:
    """The carrier that was asked for."""
    made = Serving(_account(said), said.host, said.port, said.seed, book=said.book)
    hooks = {name: urljoin(said.app_url, getattr(said, name)) for name in HOOKS if getattr(said, name)}
    for number in said.number:
        made.carrier.number(number, **hooks)
    made.carrier.exchange.unattended = said.unattended
    if said.every_number:
        made.carrier.exchange.every_number = Hooks(**hooks)
    if said.application_sid:
        told = {"status_callback": hooks["status_callback"]} if "status_callback" in hooks else {}
        made.carrier.application(said.application_sid, voice_url=urljoin(said.app_url, said.client_url), **told)
    return made


def _account(said: argparse.Namespace) -> Account:
    if said.account is not None:
        keys = json.loads(said.account.read_text())
        return Account(*(keys[f"TWILIO_{name}"] for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET")))
    secret = said.api_secret_file.read_text().strip() if said.api_secret_file else ""
    return Account(said.account_sid, said.auth_token_file.read_text().strip(), said.api_key, secret)


def main() -> int:
    """Serve until told to stop."""
    said = arguments()
    if not is_loopback(said.host):
        sys.stderr.write("The carrier serves this machine only.\n")
        return 2
    made = serving(said)

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    made.start()
    sys.stdout.write(f"The carrier answers at {made.url}\n")
    sys.stdout.flush()
    try:
        made.wait()
    except KeyboardInterrupt:
        made.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
