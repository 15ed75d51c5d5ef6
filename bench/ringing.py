"""From the wire to the ring: SMTP hands a mail over; how long until it rings at an available agent's desk?

The agent takes what rings and settles it before the next mail. BENCH_MAILS mails, one after the other; see `_desk` for
the floor.
"""

from __future__ import annotations

import os
import sys
import time

import _desk
from _ground import start_app

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.routing import offers
from contact_center.tickets import lifecycle

MAILS = int(os.environ.get("BENCH_MAILS", "60"))


def main() -> None:
    app = start_app(empty=True)
    with _desk.opened(app, ("web", "mailroom", "dispatcher"), ["offer.made"]) as desk:
        time.sleep(3)  # until the dispatcher listens
        floor, ours = desk.floor(MAILS), []
        for number in range(MAILS):
            ours.append(desk.hears_mail(number))
            with app.app_context():
                _settle(desk.agent_id)
        _desk.tell("mail → ring at the desk", ours, floor)


def _settle(agent_id: int) -> None:
    agent = db.session.get_one(Agent, agent_id)
    offer = offers.ringing(agent)
    if offer is None:
        sys.exit("what rang is gone")
    lifecycle.resolve(offers.accept(offer.id, agent), agent)
    db.session.commit()
    db.session.remove()


if __name__ == "__main__":
    main()
