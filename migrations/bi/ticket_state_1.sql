-- Two rows per stretch of a ticket in one state: one that enters it, one that leaves it, each at its own instant. So
-- the sum of all up to an instant is the backlog then. Queue, agent and the rest are the ticket's now.
CREATE OR REPLACE VIEW bi.ticket_state AS
SELECT s.id * 2 + m.leaves AS id, s.ticket_id, NULL::bigint AS interaction_id,
       CASE m.leaves WHEN 1 THEN s.ended_at ELSE s.started_at END AS at, s.started_at, s.ended_at, s.state,
       t.channel, t.queue_id, q.name AS queue, q.team_id, tm.name AS team, t.assignee_id AS agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       t.customer_id, c.name AS customer,
       CASE WHEN s.state IN ('NEW', 'OPEN', 'WAITING') THEN 1 - 2 * m.leaves ELSE 0 END AS unsettled,
       CASE WHEN s.state = 'NEW' THEN 1 - 2 * m.leaves ELSE 0 END AS is_new,
       CASE WHEN s.state = 'OPEN' THEN 1 - 2 * m.leaves ELSE 0 END AS is_open,
       CASE WHEN s.state = 'WAITING' THEN 1 - 2 * m.leaves ELSE 0 END AS is_waiting,
       (m.leaves = 1 AND s.state = 'NEW')::int AS left_new,
       (m.leaves = 1 AND s.state = 'OPEN')::int AS left_open,
       (m.leaves = 1 AND s.state = 'WAITING')::int AS left_waiting,
       CASE WHEN m.leaves = 1 AND s.state = 'NEW' THEN w.seconds ELSE 0 END AS seconds_new,
       CASE WHEN m.leaves = 1 AND s.state = 'OPEN' THEN w.seconds ELSE 0 END AS seconds_open,
       CASE WHEN m.leaves = 1 AND s.state = 'WAITING' THEN w.seconds ELSE 0 END AS seconds_waiting
FROM ticket_stretch s
CROSS JOIN (VALUES (0), (1)) AS m (leaves)
JOIN ticket t ON t.id = s.ticket_id
JOIN queue q ON q.id = t.queue_id
LEFT JOIN team tm ON tm.id = q.team_id
LEFT JOIN agent a ON a.id = t.assignee_id
LEFT JOIN customer c ON c.id = t.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = t.id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = t.customer_id AND tc.at > t.opened_at ORDER BY tc.id LIMIT 1
) was ON true
CROSS JOIN LATERAL (
    SELECT coalesce(round(extract(epoch FROM s.ended_at - s.started_at)), 0)::bigint AS seconds
) w
WHERE m.leaves = 0 OR s.ended_at IS NOT NULL;
