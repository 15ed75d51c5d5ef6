"""A call rings: its row, once, and who it may be from. A hot path: one statement."""

from __future__ import annotations

import secrets

from contact_center import clock
from contact_center.calls import locks, moves
from contact_center.calls.lines import Line
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.customers import blocked
from contact_center.statement import Statement, columns
from contact_center.text.addresses import Scheme

MAX_CANDIDATES = 10
BLOCKED = "blocked"  # in what the flow knows of a call

# A withheld number is NULL and matches nobody. One owner is the caller, several are for a person to choose from: ranked
# as `customers.identity` ranks them; where they all speak one language, so do we. A company's number is its
# switchboard: the company it is, and who of its people is to be chosen. It says what was rung and by whom; nobody is
# opened a prospect for ringing. A blocked number's call is NEW and marked.
_ARRIVE = Statement(f"""
    WITH owner AS (
        SELECT c.id, c.language, row_number() OVER (
                   ORDER BY p.verified_at IS NOT NULL DESC, c.status = 'ACTIVE' DESC, c.changed_at DESC, c.id) AS place
        FROM contact_point p JOIN customer c ON c.id = p.customer_id
        WHERE p.scheme = 'PHONE' AND p.value = CAST(:caller AS text)
        LIMIT {MAX_CANDIDATES}
    ), one AS (
        SELECT min(id) AS id FROM owner HAVING count(*) = 1
    ), spoken AS (
        SELECT min(language) AS language FROM owner HAVING count(language) = count(*) AND count(DISTINCT language) = 1
    ), people AS (
        SELECT id FROM customer WHERE company_id = (SELECT id FROM one)
        ORDER BY changed_at DESC, id LIMIT {MAX_CANDIDATES}
    ), who AS (
        SELECT (SELECT id FROM one) AS customer_id, (SELECT language FROM spoken) AS language,
               CASE WHEN count(*) > 1 THEN array_agg(id ORDER BY place)
                    ELSE ARRAY(SELECT id FROM people) END AS candidates
        FROM owner
    ), blocked AS (
        SELECT FROM blocked_address
        WHERE scheme = 'PHONE' AND value = CAST(:caller AS text) AND (until IS NULL OR until > :now)
    ), made AS (
        INSERT INTO call (key, provider, ref, direction, number_id, caller, language, customer_id, matched_by,
                          candidate_ids, state, flow, since, started_at)
        SELECT :key, :provider, :ref, 'IN', CAST(:number_id AS bigint), CAST(:caller AS text),
               coalesce((SELECT spoken FROM unnest(CAST(:languages AS text[])) AS spoken
                         WHERE split_part(spoken, '_', 1) = substring(who.language FROM '^[a-z]+') LIMIT 1), :language),
               who.customer_id, CASE WHEN who.customer_id IS NOT NULL THEN 'NUMBER' END, who.candidates,
               CASE WHEN EXISTS (TABLE blocked) THEN 'NEW' ELSE :state END,
               CASE WHEN EXISTS (TABLE blocked) THEN jsonb_build_object('{BLOCKED}', true) ELSE '{{}}' END, :now, :now
        FROM who
        ON CONFLICT (provider, ref) DO NOTHING
        RETURNING {columns(Call)}
    ), leg AS (
        INSERT INTO call_leg (call_id, role, ref, state, created_at) SELECT id, 'CUSTOMER', :ref, 'LIVE', :now FROM made
    ), stage AS (
        INSERT INTO call_stage (call_id, state, started_at) SELECT id, state, :now FROM made
    )
    SELECT {columns(Call, "made")} FROM made
""")  # noqa: S608 (constants)


def arrive(provider: str, ref: str, caller: str | None, line: Line | None) -> Call:
    """The row of the call that *provider* calls *ref*, locked; told of twice, or twice at once, it is the same row.

    *caller* is E.164, None if withheld; *line* that of the number that was dialled, None if it takes no calls.
    """
    asked = {
        "key": secrets.token_hex(16), "provider": provider, "ref": ref, "caller": caller, "now": clock.now(),
        "number_id": line.number_id if line else None, "language": line.language if line else "en",
        "languages": list(line.languages) if line else [], "state": CallState.MENU if line else CallState.NEW,
    }  # fmt: skip
    return _ARRIVE.find(Call, asked) or locks.by_ref(provider, ref)  # made just now it is ours alone


def refuse(call: Call) -> None:
    """Nobody answers *call*: what was dialled takes no calls, or its caller is blocked, which is counted."""
    is_first = moves.finish(call, CallState.REJECTED, Outcome.REJECTED, origins=(CallState.NEW,))
    if is_first and call.caller and call.flow.get(BLOCKED):
        blocked.meet(Scheme.PHONE, call.caller)
