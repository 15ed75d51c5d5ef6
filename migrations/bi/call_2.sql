-- One row per call that has ended, by `at` (its first ring). Contained: answered in self-service, no agent, and the
-- caller has not called again within a day.
CREATE OR REPLACE VIEW bi.call AS
SELECT k.id, k.ticket_id, k.interaction_id, k.started_at AS at, k.ended_at, k.direction, k.outcome,
       'phone'::text AS channel, coalesce(i.queue_id, n.queue_id) AS queue_id, q.name AS queue, q.team_id,
       m.name AS team, k.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       k.customer_id, c.name AS customer,
       (k.direction = 'IN')::int AS calls_in,
       (k.direction = 'OUT')::int AS calls_out,
       (k.direction = 'IN' AND k.outcome <> 'REJECTED')::int AS sessions,
       (k.direction = 'IN' AND k.outcome = 'CONTAINED')::int AS answered_alone,
       (k.direction = 'IN' AND k.outcome = 'CONTAINED' AND NOT EXISTS (
           SELECT FROM call b WHERE b.caller = k.caller AND b.direction = 'IN' AND b.ended_at IS NOT NULL AND b.started_at > k.started_at
             AND b.started_at <= k.started_at + interval '24 hours'))::int AS contained,
       (k.outcome = 'HUNG_UP')::int AS hung_up,
       (k.outcome = 'CLOSED')::int AS out_of_hours,
       (k.outcome = 'VOICEMAIL')::int AS voicemails,
       (k.outcome = 'UNREACHED')::int AS unreached
FROM call k
LEFT JOIN interaction i ON i.id = k.interaction_id
LEFT JOIN phone_number n ON n.id = k.number_id
LEFT JOIN ticket t ON t.id = k.ticket_id
LEFT JOIN queue q ON q.id = coalesce(i.queue_id, n.queue_id)
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = k.agent_id
LEFT JOIN customer c ON c.id = k.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = k.ticket_id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = k.customer_id AND tc.at > k.started_at ORDER BY tc.id LIMIT 1
) was ON true
WHERE k.ended_at IS NOT NULL;
