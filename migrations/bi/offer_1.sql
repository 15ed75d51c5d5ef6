-- One row per offer of an interaction to an agent, by `at`. A colleague who is asked to join a call is left out.
CREATE OR REPLACE VIEW bi.offer AS
SELECT f.id, i.ticket_id, i.id AS interaction_id, f.offered_at AS at, f.state, f.reason,
       i.channel, i.queue_id, q.name AS queue, q.team_id, m.name AS team, f.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       i.customer_id, c.name AS customer,
       (f.state <> 'PENDING')::int AS offers,
       (f.state = 'ACCEPTED')::int AS accepted,
       (f.state = 'DECLINED')::int AS declined,
       (f.state = 'TIMED_OUT')::int AS rang_out,
       (f.state = 'REVOKED')::int AS revoked,
       CASE WHEN f.state = 'ACCEPTED' THEN round(extract(epoch FROM f.ended_at - f.offered_at))::bigint ELSE 0 END
           AS ringing
FROM offer f
JOIN interaction i ON i.id = f.interaction_id
JOIN ticket t ON t.id = i.ticket_id
JOIN queue q ON q.id = i.queue_id
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = f.agent_id
LEFT JOIN customer c ON c.id = i.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = t.id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = i.customer_id AND tc.at > f.offered_at ORDER BY tc.id LIMIT 1
) was ON true
WHERE f.asked_by_id IS NULL;
