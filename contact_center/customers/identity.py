"""Who is behind an address: one customer, nobody yet (who writes becomes a prospect), or several (a person chooses).

Called by `tickets.intake` for everything that arrives. Withheld and anonymous senders have no address and match nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contact_center import clock
from contact_center.customers import search
from contact_center.customers.models import CustomerKind, PointSource
from contact_center.statement import Statement
from contact_center.text import addresses
from contact_center.text.addresses import Address, Scheme

MAX_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Identified:
    """The outcome: a customer, or ranked candidates (best first), or neither for an anonymous sender."""

    customer_id: int | None
    candidate_ids: tuple[int, ...] = ()
    is_new: bool = False


# Notes that an address is in use, gives its owners, and opens a prospect where there is none.
_IDENTIFY = Statement("""
    WITH owner AS (
        UPDATE contact_point p SET last_used_at = :now FROM customer c
        WHERE p.scheme = :scheme AND p.value = :value AND c.id = p.customer_id
        RETURNING p.customer_id, p.verified_at IS NOT NULL AS verified, c.status = 'ACTIVE' AS active, c.changed_at
    ), opened AS (
        INSERT INTO customer (kind, status, name, language, since, changed_at, search)
        SELECT :kind, 'PROSPECT', :name, :language, :now, :now, CAST(:search AS tsvector)
        WHERE :opens AND NOT EXISTS (SELECT FROM owner)
        RETURNING id
    ), points AS (
        INSERT INTO contact_point (customer_id, scheme, value, source, added_at, last_used_at)
        SELECT opened.id, point.scheme, point.value, :source, :now, :now
        FROM opened, unnest(CAST(:schemes AS text[]), CAST(:values AS text[])) AS point (scheme, value)
    )
    SELECT customer_id, false AS is_new, verified, active, changed_at FROM owner
    UNION ALL SELECT id, true, false, false, NULL FROM opened
""")


def identify(
    address: Address | None,
    name: str,
    *,
    language: str | None = None,
    source: PointSource = PointSource.MESSAGE,
    also: tuple[Address, ...] = (),
    opens: bool = True,
) -> Identified:
    """Find the customer behind *address*; if it is nobody's yet and *opens*, a prospect named *name* is opened.

    *also* are further addresses the sender claims; a new prospect gets them too, an existing customer does not.
    The caller holds the address's lock (`inbox.process`), so two messages of one stranger make one prospect.
    """
    if address is None:
        return Identified(None)
    owners = _IDENTIFY.rows(_asked(address, name, language, source, also) | {"opens": opens})
    if len(owners) == 1:
        return Identified(owners[0].customer_id, is_new=owners[0].is_new)
    ranked = sorted(owners, key=lambda owner: (owner.verified, owner.active, owner.changed_at), reverse=True)
    return Identified(None, tuple(owner.customer_id for owner in ranked[:MAX_CANDIDATES]))


def _asked(
    address: Address, name: str, language: str | None, source: PointSource, also: tuple[Address, ...]
) -> dict[str, Any]:
    points = list(dict.fromkeys((address, *also)))
    name = name.strip() or _shown(address)
    return {
        "scheme": address.scheme,
        "value": address.value,
        "kind": CustomerKind.PERSON,
        "name": name,
        "language": language,
        "now": clock.now(),
        "search": search.document(name, [(point.scheme, point.value) for point in points]),
        "source": source,
        "schemes": [point.scheme for point in points],
        "values": [point.value for point in points],
    }


def _shown(address: Address) -> str:
    return addresses.email_display(address.value) if address.scheme is Scheme.EMAIL else address.value
