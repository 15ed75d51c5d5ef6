-- One row per interaction. Service counters belong to `at` (it joined the queue), those of handling to `handled_at`
-- (the agent was done with it, wrap-up and all). Tier is that of the moment; queue, team, region and target of today.
CREATE OR REPLACE VIEW bi.contact AS
SELECT i.id, i.ticket_id, i.id AS interaction_id, i.queued_at AS at,
       CASE WHEN f.is_handled THEN coalesce(i.wrapped_at, i.ended_at) END AS handled_at,
       i.kind AS work, i.direction, i.state,
       i.channel, i.queue_id, q.name AS queue, q.team_id, m.name AS team, i.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       i.customer_id, c.name AS customer,
       -- service, by `at`
       f.is_offered::int AS offered,
       (f.is_offered AND i.answered_at IS NOT NULL)::int AS answered,
       (f.is_offered AND i.answered_at - i.queued_at <= f.target)::int AS answered_in_time,
       f.is_abandoned::int AS abandoned,
       (f.is_abandoned AND i.ended_at - i.queued_at <= f.target)::int AS abandoned_in_time,
       (f.is_abandoned AND i.ended_at - i.queued_at < interval '5 seconds')::int AS abandoned_short,
       CASE WHEN f.is_offered AND i.answered_at IS NOT NULL
            THEN round(extract(epoch FROM i.answered_at - i.queued_at))::bigint END AS wait,
       CASE WHEN f.is_abandoned
            THEN round(extract(epoch FROM i.ended_at - i.queued_at))::bigint ELSE 0 END AS wait_abandoned,
       (i.direction = 'OUT' AND i.kind <> 'PROMISE')::int AS outbound,
       (f.is_offered AND EXISTS (
           SELECT FROM interaction e JOIN ticket et ON et.id = e.ticket_id
           WHERE e.customer_id = i.customer_id AND e.queued_at < i.queued_at
             AND e.queued_at >= i.queued_at - interval '7 days' AND e.direction = 'IN' AND e.kind <> 'CALLBACK'
             AND (e.ticket_id = i.ticket_id OR et.kind IS NOT DISTINCT FROM t.kind)))::int AS repeated,
       (f.is_callback)::int AS callback,
       (f.is_callback AND i.answered_at IS NOT NULL)::int AS callback_reached,
       CASE WHEN f.is_callback AND i.answered_at IS NOT NULL
            THEN round(extract(epoch FROM i.answered_at - i.queued_at))::bigint ELSE 0 END AS callback_wait,
       -- handling, by `handled_at`
       f.is_handled::int AS handled,
       CASE WHEN f.is_handled THEN coalesce(l.talk, 0) ELSE 0 END AS talk,
       CASE WHEN f.is_handled THEN coalesce(l.hold, 0) ELSE 0 END AS hold,
       CASE WHEN f.is_handled THEN coalesce(l.dialling, 0) ELSE 0 END AS dialling,
       CASE WHEN f.is_handled THEN w.seconds ELSE 0 END AS wrap,
       CASE WHEN NOT f.is_handled THEN 0
            WHEN l.calls > 0 THEN coalesce(l.talk, 0) + coalesce(l.hold, 0) + coalesce(l.dialling, 0) + w.seconds
            WHEN h.stretches > 0 THEN h.seconds
            ELSE round(extract(epoch FROM coalesce(i.wrapped_at, i.ended_at) - i.accepted_at))::bigint END AS handle,
       (f.is_handled AND l.cold)::int AS transferred_cold,
       (f.is_handled AND l.warm)::int AS transferred_warm,
       (f.is_handled AND coalesce(l.calls, 0) = 0 AND h.agents > 1)::int AS passed_on,
       (f.is_handled AND (l.cold OR l.warm OR (coalesce(l.calls, 0) = 0 AND h.agents > 1)))::int AS transferred,
       f.is_settled::int AS settled,
       (f.is_settled AND NOT EXISTS (
           SELECT FROM interaction n JOIN ticket nt ON nt.id = n.ticket_id
           WHERE n.customer_id = i.customer_id AND n.queued_at > i.ended_at
             AND n.queued_at <= i.ended_at + interval '7 days' AND n.direction = 'IN' AND n.kind <> 'CALLBACK'
             AND (n.ticket_id = i.ticket_id OR nt.kind IS NOT DISTINCT FROM t.kind)))::int AS settled_first
FROM interaction i
JOIN ticket t ON t.id = i.ticket_id
JOIN queue q ON q.id = i.queue_id
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = i.agent_id
LEFT JOIN customer c ON c.id = i.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = t.id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = i.customer_id AND tc.at > i.queued_at ORDER BY tc.id LIMIT 1
) was ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT s.call_id) AS calls,
           round(sum(s.seconds) FILTER (WHERE s.state = 'TALKING'))::bigint AS talk,
           round(sum(s.seconds) FILTER (WHERE s.state IN ('HELD', 'CONSULTING')))::bigint AS hold,
           round(sum(s.seconds) FILTER (WHERE s.state = 'DIALLING'))::bigint AS dialling,
           coalesce(bool_or(s.state = 'QUEUED' AND s.before = 'TRANSFERRING'), false) AS cold,
           coalesce(bool_or(s.state = 'TALKING' AND s.agent_id <> s.agent_before
                            AND s.before IN ('TALKING', 'HELD', 'CONSULTING')), false) AS warm
    FROM (
        SELECT s.call_id, s.state, s.agent_id, extract(epoch FROM s.ended_at - s.started_at) AS seconds,
               lag(s.state) OVER w AS before, lag(s.agent_id) OVER w AS agent_before
        FROM call k JOIN call_stage s ON s.call_id = k.id WHERE k.interaction_id = i.id
        WINDOW w AS (PARTITION BY s.call_id ORDER BY s.id)
    ) s
) l ON i.channel = 'phone'
LEFT JOIN LATERAL (
    SELECT count(*) AS stretches, count(DISTINCT d.agent_id) AS agents,
           round(sum(extract(epoch FROM d.ended_at - d.started_at)))::bigint AS seconds
    FROM handling d WHERE d.interaction_id = i.id AND d.ended_at IS NOT NULL
) h ON true
CROSS JOIN LATERAL (
    SELECT coalesce(round(extract(epoch FROM i.wrapped_at - i.ended_at)), 0)::bigint AS seconds
) w
CROSS JOIN LATERAL (
    SELECT i.direction = 'IN' AND (i.kind <> 'CALLBACK' OR EXISTS (
               SELECT FROM call k WHERE k.interaction_id = i.id AND k.direction = 'IN')) AS is_offered,
           i.direction = 'IN' AND i.kind <> 'CALLBACK' AND i.state = 'ABANDONED' AND i.answered_at IS NULL
               AS is_abandoned,
           i.kind = 'CALLBACK' AS is_callback,
           i.state = 'DONE' AND i.agent_id IS NOT NULL AND i.accepted_at IS NOT NULL
               AND (i.direction = 'IN' OR i.channel = 'phone') AS is_handled,
           i.state = 'DONE' AND i.agent_id IS NOT NULL AND i.direction = 'IN' AND i.customer_id IS NOT NULL
               AND i.answered_at IS NOT NULL AND t.state IN ('RESOLVED', 'CLOSED') AS is_settled,
           make_interval(secs => q.target_seconds) AS target
) f;
