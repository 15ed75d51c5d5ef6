"""What is asked, and of whom: the scale by channel, the share by tier and channel. By rule, never by chance.

A ticket draws a number from 0 to 99 out of its own id, always the same one. It is asked if that is below the percentage
of its channel and tier: so it can be told of any ticket why it was asked, and a raised percentage only adds to those.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import exists, select

from contact_center import clock
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.satisfaction.models import Scale, Survey, SurveySettings, SurveyState

ALL = 100
LAST_TIER = TIERS[-1]  # of whom we know nothing yet


def draw(ticket_id: int) -> int:
    """The number from 0 to 99 that a ticket draws."""
    return int.from_bytes(hashlib.sha256(f"survey {ticket_id}".encode()).digest()[:8]) % ALL


def percent(rules: SurveySettings, channel: str, tier: str | None) -> int:
    """How many of a hundred such tickets are asked about."""
    return int(rules.sampling.get(channel, {}).get(tier or LAST_TIER, ALL))


def is_drawn(rules: SurveySettings, ticket_id: int, channel: str, tier: str | None) -> bool:
    """Whether that ticket is among them."""
    return draw(ticket_id) < percent(rules, channel, tier)


def scale(rules: SurveySettings, channel: str, customer_id: int | None) -> Scale:
    """What is asked: of a customer we know, once per so many days, whether they recommend us; else by the channel."""
    if channel in rules.nps_channels and customer_id is not None and not _lately(rules, customer_id):
        return Scale.NPS
    return Scale.CES if channel in rules.ces_channels else Scale.CSAT


def _lately(rules: SurveySettings, customer_id: int) -> bool:
    since = clock.now() - timedelta(days=rules.nps_days)
    asked = (Survey.customer_id == customer_id, Survey.asked_at > since, Survey.scale == Scale.NPS)
    return bool(db.session.scalar(select(exists().where(*asked, Survey.state != SurveyState.WITHDRAWN))))
