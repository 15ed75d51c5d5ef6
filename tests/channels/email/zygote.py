"""A process that has everything imported and forks mail rooms: one for each line it reads, killing the one before.

`python -m tests.channels.email.zygote`, with the environment of the application; ends with its input.
"""

from __future__ import annotations

import os
import signal
import sys

from contact_center import create_app
from contact_center.channels.email import mailroom
from contact_center.channels.email.mailbox import Pace


def main() -> None:
    app = create_app()
    child = 0
    for _line in sys.stdin:
        kill(child)
        child = os.fork()
        if child == 0:
            mailroom.MailRoom(app, Pace(first_retry=0.1, last_retry=0.5, for_lock=0.05, for_database=0.1)).serve()
            os._exit(0)
        print("started", flush=True)
    kill(child)


def kill(child: int) -> None:
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
