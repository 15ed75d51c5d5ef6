"""A month of a small firm, written by SQL: October 2026, in which Berlin puts its clocks back. Nothing is random.

Every table that a view of `bi` reads has rows: calls with their stages, transfers and callbacks, mails that changed
hands, tiers that changed, three kinds of surveys, presence and handling that overlap, orders and returns.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from contact_center.extensions import db

SINCE, UNTIL = datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
ZONE = "Europe/Berlin"
TICKETS = 132

_ROWS = """
INSERT INTO team (id, name) OVERRIDING SYSTEM VALUE VALUES (901, 'North'), (902, 'South');
INSERT INTO queue (id, name, team_id, target_seconds) OVERRIDING SYSTEM VALUE
    VALUES (901, 'Calls', 901, 20), (902, 'Mail', 901, 3600), (903, 'Billing', 902, 7200), (904, 'Teamless', NULL, 60);
INSERT INTO agent (id, email, name, active, fs_uniquifier) OVERRIDING SYSTEM VALUE
    SELECT 900 + i, 'agent' || i || '@norra.example', 'Agent ' || i, true, 'month' || i FROM generate_series(1, 6) i;
INSERT INTO queue_member (queue_id, agent_id) SELECT 901 + i % 4, 900 + i FROM generate_series(1, 6) i;
INSERT INTO team_member (team_id, agent_id) SELECT 901 + i % 2, 900 + i FROM generate_series(1, 5) i;
INSERT INTO product (id, external_id, name, changed_at) OVERRIDING SYSTEM VALUE
    VALUES (901, 'P1', 'Fridge', :since), (902, 'P2', 'Washer', :since);
INSERT INTO customer (id, kind, name, tier, region, since, changed_at) OVERRIDING SYSTEM VALUE
    SELECT 900 + i, CASE WHEN i = 1 THEN 'COMPANY' ELSE 'PERSON' END, 'Customer ' || i,
           (ARRAY['A','B','C','D',NULL])[1 + i % 5], (ARRAY['North','South',NULL])[1 + i % 3], :since, :since
    FROM generate_series(1, 40) i;
UPDATE customer SET company_id = 901, region = NULL WHERE id IN (902, 903);
INSERT INTO tier_change (customer_id, old, new, rule, at)
    SELECT 900 + i, (ARRAY['C','D',NULL])[1 + i % 3], 'A', 'RANK', :since + interval '12 days'
    FROM generate_series(1, 40, 4) i;
INSERT INTO asset (id, customer_id, product_id, name, changed_at) OVERRIDING SYSTEM VALUE
    SELECT 900 + i, 900 + i, 901 + i % 2, 'Asset ' || i, :since FROM generate_series(1, 40, 2) i;
INSERT INTO ticket (id, subject, customer_id, queue_id, assignee_id, state, kind, channel, token, portal_token,
                    opened_at, changed_at, reopened) OVERRIDING SYSTEM VALUE
    SELECT 90000 + i, 'Ticket ' || i, CASE WHEN i % 11 > 0 THEN 901 + (i * 7) % 40 END, 901 + i % 4,
           CASE WHEN i % 6 <> 4 THEN 901 + i % 6 END, 'NEW',
           (ARRAY['QUESTION','REPAIR','COMPLAINT',NULL])[1 + i % 4], (ARRAY['phone','email','web','sms'])[1 + i % 4],
           'month' || i, 'monthp' || i, at, at, (i % 9 = 0)::int
    FROM (SELECT i, :since + interval '5 hours 37 minutes' * i AS at FROM generate_series(1, :tickets) i) t;
UPDATE ticket SET state = 'OPEN', changed_at = opened_at + interval '20 minutes' WHERE id > 90000 AND id % 6 <> 4;
UPDATE ticket SET state = 'WAITING', changed_at = opened_at + interval '50 minutes' WHERE id > 90000 AND id % 6 IN (1, 5);
UPDATE ticket SET state = 'RESOLVED', changed_at = opened_at + interval '1 hour' * (1 + id % 60),
                  resolved_at = opened_at + interval '1 hour' * (1 + id % 60) WHERE id > 90000 AND id % 6 < 3;
UPDATE ticket SET state = 'CLOSED', changed_at = opened_at + interval '9 days',
                  closed_at = opened_at + interval '9 days' WHERE id > 90000 AND id % 6 IN (0, 2);
INSERT INTO entitlement_check (ticket_id, asset_id, cover, at)
    SELECT t.id, a.id, 'NONE', t.opened_at FROM ticket t JOIN asset a ON a.customer_id = t.customer_id;
INSERT INTO deadline (ticket_id, target, state, minutes, started_at, due_at, ended_at)
    SELECT id, 'FIRST_RESPONSE', CASE WHEN id % 5 = 0 THEN 'MISSED' ELSE 'MET' END, 60, opened_at,
           opened_at + interval '1 hour', opened_at + interval '50 minutes' FROM ticket WHERE state <> 'NEW';
INSERT INTO interaction (id, ticket_id, customer_id, queue_id, agent_id, channel, kind, direction, state, queued_at,
                         accepted_at, answered_at, ended_at, wrapped_at) OVERRIDING SYSTEM VALUE
    SELECT t.id * 4 + k, t.id, t.customer_id, t.queue_id, CASE WHEN x.n % 6 <> 0 AND x.n % 13 <> 0 THEN t.assignee_id END,
           t.channel, CASE WHEN t.channel <> 'phone' THEN 'MAIL' WHEN x.n % 10 = 3 THEN 'CALLBACK' ELSE 'CALL' END,
           CASE WHEN k = 2 AND t.channel <> 'phone' THEN 'OUT' ELSE 'IN' END,
           CASE WHEN x.n % 6 = 0 AND t.channel = 'phone' THEN 'ABANDONED' WHEN x.n % 13 = 0 THEN 'WAITING'
                WHEN t.assignee_id IS NULL THEN 'DONE' ELSE 'DONE' END,
           x.at, CASE WHEN t.assignee_id IS NOT NULL AND x.n % 6 <> 0 AND x.n % 13 <> 0 THEN x.at + x.wait / 2 END,
           CASE WHEN t.assignee_id IS NOT NULL AND x.n % 6 <> 0 AND x.n % 13 <> 0 AND x.n % 17 <> 0 THEN x.at + x.wait END,
           CASE WHEN x.n % 13 <> 0 OR (x.n % 6 = 0 AND t.channel = 'phone') THEN
               CASE WHEN x.n % 6 = 0 THEN x.at + interval '1 second' * (x.n % 41) ELSE x.at + x.wait * 3 END END,
           CASE WHEN x.n % 6 <> 0 AND x.n % 13 <> 0 AND x.n % 2 = 0 THEN x.at + x.wait * 3 + interval '40 seconds' END
    FROM ticket t CROSS JOIN generate_series(0, 2) k
    CROSS JOIN LATERAL (
        SELECT t.id * 3 + k AS n, t.opened_at + interval '29 hours 11 minutes' * k AS at,
               (CASE WHEN t.channel = 'phone' THEN interval '1 second' ELSE interval '2 minutes' END)
               * (2 + (t.id * 5 + k * 3) % 90) AS wait) x
    WHERE t.id > 90000 AND NOT (k = 1 AND x.n % 13 = 0);
INSERT INTO handling (interaction_id, agent_id, started_at, ended_at)
    SELECT i.id, CASE WHEN i.id % 7 = 0 THEN 901 + (i.agent_id - 900) % 6 ELSE i.agent_id END, i.accepted_at,
           CASE WHEN i.id % 7 = 0 THEN i.answered_at ELSE coalesce(i.wrapped_at, i.ended_at) END
    FROM interaction i WHERE i.accepted_at IS NOT NULL AND i.answered_at IS NOT NULL;
INSERT INTO handling (interaction_id, agent_id, started_at, ended_at)
    SELECT i.id, i.agent_id, i.answered_at, coalesce(i.wrapped_at, i.ended_at)
    FROM interaction i WHERE i.accepted_at IS NOT NULL AND i.answered_at IS NOT NULL AND i.id % 7 = 0;
INSERT INTO call (id, key, provider, direction, caller, customer_id, ticket_id, interaction_id, agent_id, state, since,
                  outcome, started_at, queued_at, answered_at, ended_at) OVERRIDING SYSTEM VALUE
    SELECT i.id, 'month' || i.id, 'month', CASE WHEN i.id % 20 = 3 THEN 'OUT' ELSE 'IN' END, '+4930' || i.customer_id,
           i.customer_id, i.ticket_id, i.id, i.agent_id, 'ENDED', i.queued_at,
           CASE WHEN i.state = 'ABANDONED' THEN 'ABANDONED' WHEN i.kind = 'CALLBACK' THEN 'CALLBACK' ELSE 'HANDLED' END,
           i.queued_at - interval '20 seconds', i.queued_at, i.answered_at, coalesce(i.ended_at, i.queued_at)
    FROM interaction i WHERE i.channel = 'phone';
INSERT INTO call (id, key, provider, direction, caller, customer_id, state, since, outcome, started_at, ended_at)
    OVERRIDING SYSTEM VALUE
    SELECT 800000 + i, 'self' || i, 'month', 'IN', '+4930' || 900 + i % 40, 900 + 1 + i % 40, 'ENDED', at,
           (ARRAY['CONTAINED','HUNG_UP','CONTAINED','VOICEMAIL','REJECTED'])[1 + i % 5], at, at + interval '1 minute'
    FROM (SELECT i, :since + interval '9 hours 31 minutes' * i AS at FROM generate_series(1, 70) i) s;
INSERT INTO call_stage (call_id, state, agent_id, started_at, ended_at)
    SELECT c.id, s.state, CASE WHEN s.place >= 3 THEN CASE WHEN s.place = 5 AND c.id % 5 = 0
                                                          THEN 901 + (c.agent_id - 900) % 6 ELSE c.agent_id END END,
           c.started_at + interval '7 seconds' * s.place, c.started_at + interval '7 seconds' * (s.place + 1)
    FROM call c CROSS JOIN LATERAL (VALUES (1, 'QUEUED'), (2, 'CONNECTING'), (3, 'TALKING'),
        (4, CASE c.id % 3 WHEN 0 THEN 'HELD' WHEN 1 THEN 'CONSULTING' ELSE 'TRANSFERRING' END),
        (5, CASE WHEN c.id % 3 = 2 THEN 'QUEUED' ELSE 'TALKING' END)) AS s (place, state)
    WHERE c.agent_id IS NOT NULL AND c.provider = 'month';
INSERT INTO offer (interaction_id, agent_id, state, offered_at, expires_at, ended_at, asked_by_id)
    SELECT i.id, i.agent_id, (ARRAY['ACCEPTED','ACCEPTED','TIMED_OUT','DECLINED','REVOKED'])[1 + i.id % 5],
           i.queued_at, i.queued_at + interval '20 seconds', i.queued_at + interval '1 second' * (3 + i.id % 15),
           CASE WHEN i.id % 19 = 0 THEN 901 END
    FROM interaction i WHERE i.agent_id IS NOT NULL AND i.direction = 'IN';
INSERT INTO presence (agent_id, state, started_at, ended_at)
    SELECT 900 + a, s.state, d + s.since, d + s.until
    FROM generate_series(1, 6) a, generate_series(:since + interval '9 hours', :until - interval '1 day', '1 day') d,
         (VALUES ('AVAILABLE', interval '1 minute' * 3, interval '3 hours 5 minutes'),
                 ('AWAY', interval '3 hours 5 minutes', interval '3 hours 40 minutes'),
                 ('NOT_RESPONDING', interval '3 hours 40 minutes', interval '3 hours 50 minutes'),
                 ('FINISHING', interval '3 hours 50 minutes', interval '8 hours'),
                 ('OFFLINE', interval '8 hours', interval '23 hours')) AS s (state, since, until);
INSERT INTO survey (token_hash, ticket_id, resolved_at, interaction_id, customer_id, agent_id, queue_id, team_id, channel,
                    kind, tier, product_id, language, scale, asked_by, asked_at, expires_at, state, score, answered_at)
    SELECT decode(md5('month' || t.id), 'hex'), t.id, t.resolved_at, t.id * 4, t.customer_id, t.assignee_id, t.queue_id,
           q.team_id, t.channel, t.kind, c.tier, CASE WHEN t.id % 3 = 0 THEN 901 END, 'en', s.scale, 'EMAIL',
           t.resolved_at, t.resolved_at + interval '7 days', CASE WHEN t.id % 4 = 1 THEN 'EXPIRED' ELSE 'ANSWERED' END,
           CASE WHEN t.id % 4 <> 1 THEN CASE s.scale WHEN 'CSAT' THEN 1 + t.id % 5 WHEN 'NPS' THEN t.id % 11
                                                     ELSE 1 + t.id % 7 END END,
           CASE WHEN t.id % 4 <> 1 THEN t.resolved_at + interval '3 hours' END
    FROM ticket t JOIN queue q ON q.id = t.queue_id LEFT JOIN customer c ON c.id = t.customer_id
    CROSS JOIN LATERAL (SELECT (ARRAY['CSAT','CSAT','NPS','CES'])[1 + t.id % 4] AS scale) s
    WHERE t.resolved_at IS NOT NULL;
INSERT INTO deflection (kind, customer_id, subject, at, state)
    SELECT (ARRAY['LOOKUP','PHONE_ORDER','TEXT_STATUS'])[1 + i % 3], 901 + i % 40, 'o' || i,
           :since + interval '11 hours 3 minutes' * i, (ARRAY['CONFIRMED','REFUTED','CONFIRMED','OPEN'])[1 + i % 4]
    FROM generate_series(1, 60) i;
INSERT INTO "order" (external_id, customer_id, currency, total, region, placed_at, changed_at, state)
    SELECT 'M-' || i, 901 + i % 40, 'EUR', 19.99 * i, CASE WHEN i % 2 = 0 THEN 'East' END,
           :since + interval '5 hours 3 minutes' * i, :since, CASE WHEN i % 12 = 0 THEN 'CANCELLED' ELSE 'PLACED' END
    FROM generate_series(1, 130) i;
INSERT INTO settlement (external_id, customer_id, kind, currency, amount, at, changed_at)
    SELECT 'S-' || i, 901 + i % 40, (ARRAY['RETURN','DISCOUNT','COMPENSATION'])[1 + i % 3], 'EUR', 5.5 * i,
           :since + interval '25 hours' * i, :since FROM generate_series(1, 25) i;
INSERT INTO outgoing (purpose, channel, recipient, customer_id, ticket_id, external_id, state, queued_at, due_at, sent_at)
    SELECT 'REPLY', 'sms', '+4930', t.customer_id, t.id, 'month' || t.id, 'SENT', t.opened_at, t.opened_at, t.opened_at
    FROM ticket t WHERE t.id > 90000 AND t.channel = 'sms';
"""


def write() -> None:
    """All of it, in the session's transaction."""
    values = {"since": SINCE, "until": UNTIL, "tickets": TICKETS}
    for statement in _ROWS.split(";\n"):
        if statement.strip():
            db.session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})
