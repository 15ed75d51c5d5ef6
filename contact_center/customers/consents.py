"""What customers let us do, per channel and purpose: every word with its evidence, the newest holds.

Called by screens, imports and the portal; `outbox` asks `allows` before anything leaves. Rows are added, never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.sql.base import ExecutableOption

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Consent, Customer, PointSource
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.lines import one_line
from contact_center.text.sayings import gettext as said
from contact_center.text.sayings import keep

MAX_EVIDENCE = 500


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"


class Purpose(StrEnum):
    MARKETING = "marketing"  # needs a yes
    SURVEYS = "surveys"  # and notices: allowed until somebody says no
    NOTICES = "notices"


DEFAULTS = {Purpose.MARKETING: False, Purpose.SURVEYS: True, Purpose.NOTICES: True}
Key = tuple[str, str]  # channel and purpose


def record(
    customer: Customer,
    channel: str,
    purpose: str,
    agent: Agent | None = None,
    *,
    is_granted: bool,
    evidence: str,
    source: PointSource = PointSource.AGENT,
) -> Consent:
    """Write down a word of the customer; the same word again is written down again, with its own evidence."""
    wrong = {}
    if channel not in list(Channel):
        wrong["channel"] = str(_("Choose a channel."))
    if purpose not in list(Purpose):
        wrong["purpose"] = str(_("Choose a purpose."))
    try:
        evidence = one_line(evidence, MAX_EVIDENCE)
    except ValueError as error:
        wrong["evidence"] = str(error)
    if not evidence:
        wrong["evidence"] = str(_("Say how we know: a call, a letter, a ticked box."))
    Invalid.raise_for(wrong)
    return _add(customer, (channel, purpose), agent, is_granted=is_granted, evidence=keep(evidence), source=source)


def current(customer_id: int) -> dict[Key, Consent]:
    """The newest word per channel and purpose."""
    newest = select(Consent).where(Consent.customer_id == customer_id).options(*_with_agent())
    newest = newest.ext(distinct_on(Consent.channel, Consent.purpose))
    rows = db.session.scalars(newest.order_by(Consent.channel, Consent.purpose, Consent.id.desc()))
    return {(row.channel, row.purpose): row for row in rows}


def every(customer_id: int, limit: int = 100) -> list[Consent]:
    """All words of a customer, the newest first."""
    mine = select(Consent).where(Consent.customer_id == customer_id).options(*_with_agent())
    return list(db.session.scalars(mine.order_by(Consent.id.desc()).limit(limit)))


def allows(customer_id: int | None, channel: str, purpose: str) -> bool:
    """Whether we may reach a customer so, for that: their newest word, else what holds for everybody."""
    mine = select(Consent.is_granted).where(Consent.channel == channel, Consent.purpose == purpose)
    newest = mine.where(Consent.customer_id == customer_id).order_by(Consent.id.desc()).limit(1)
    word = db.session.scalar(newest) if customer_id is not None else None
    return DEFAULTS[Purpose(purpose)] if word is None else word


def refused_by_either(left_id: int, right_id: int) -> set[Key]:
    """For what one of two customers has said no."""
    words = [*current(left_id).items(), *current(right_id).items()]
    return {key for key, row in words if not row.is_granted}


def keep_refused(customer: Customer, refused: Collection[Key], agent: Agent, merged_name: str) -> list[Consent]:
    """After a merge: a no of either of the two holds, though the other's yes may be newer."""
    granted = [key for key, row in current(customer.id).items() if key in refused and row.is_granted]
    evidence = keep(said("Refused on one of the records that were merged (%(name)s).", name=merged_name))
    return [
        _add(customer, key, agent, is_granted=False, evidence=evidence, source=PointSource.AGENT)
        for key in sorted(granted)
    ]


def _add(
    customer: Customer, key: Key, agent: Agent | None, *, is_granted: bool, evidence: str, source: PointSource
) -> Consent:
    row = Consent(
        customer_id=customer.id, channel=key[0], purpose=key[1], is_granted=is_granted, evidence=evidence,
        source=source, agent_id=agent.id if agent else None, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    name = Name.CONSENT_GIVEN if is_granted else Name.CONSENT_WITHDRAWN
    log.record(name, row, agent, channel=key[0], purpose=key[1], evidence=evidence)
    return row


def _with_agent() -> tuple[ExecutableOption, ...]:
    return (joinedload(Consent.agent).options(lazyload(Agent.roles)),)
