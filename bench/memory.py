"""Memory: does a process that takes in 20,000 mails grow? BENCH_MAILS chooses how many; values are resident megabytes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent / "floors"))

from _ground import figure, start_app
from corpus import corpus
from mail_in import take_in

MAILS = int(os.environ.get("BENCH_MAILS", "20000"))
PART = 1000


def main() -> None:
    app, me = start_app(empty=True), psutil.Process()
    sizes, part = [], []
    with app.app_context():
        for n, (_, raw) in enumerate(corpus(MAILS), 1):
            part.append(raw)
            if len(part) == PART or n == MAILS:
                take_in(part, f"m{n}")
                part = []
                sizes.append(me.memory_info().rss / 1e6)
    early, late = sizes[min(1, len(sizes) - 1)], max(sizes[-3:])
    figure(f"memory after {MAILS:,} mails", late, "MB", early)


if __name__ == "__main__":
    main()
