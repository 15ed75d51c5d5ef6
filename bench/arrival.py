"""From the wire to the open desk: SMTP hands a mail over; how long until a signed-in agent's socket hears of it?

Values are p95 and median in milliseconds over BENCH_MAILS mails, one after the other; see `_desk` for the floor.
"""

from __future__ import annotations

import os

import _desk
from _ground import start_app

MAILS = int(os.environ.get("BENCH_MAILS", "60"))


def main() -> None:
    with _desk.opened(start_app(empty=True), ("web", "mailroom")) as desk:
        floor = desk.floor(MAILS)
        _desk.tell("arrival → open desk", [desk.hears_mail(number) for number in range(MAILS)], floor)


if __name__ == "__main__":
    main()
