"""As which tier somebody is served: their own, or, while it may be one of several, the best of theirs.

SQL for the statements of this room, for a ticket `t` and its customer `c`, who may be missing. Who has none is D.
"""

from __future__ import annotations

IS_OPEN = "t.customer_id IS NULL AND t.candidate_ids <> '{}'"  # one of several, and nobody has said which
TIER = f"""coalesce(c.tier, (
        SELECT min(coalesce(one.tier, 'D')) FROM customer one WHERE {IS_OPEN} AND one.id = ANY(t.candidate_ids)
    ), 'D')"""  # noqa: S608 (a constant)
