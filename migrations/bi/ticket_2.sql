-- One row per ticket. Opening counts at `at`, the solution at `resolved_at`. Tier is that of the day it was opened.
CREATE OR REPLACE VIEW bi.ticket AS
SELECT t.id, t.id AS ticket_id, NULL::bigint AS interaction_id, t.opened_at AS at, t.resolved_at, t.state,
       t.channel, t.queue_id, q.name AS queue, q.team_id, m.name AS team, t.assignee_id AS agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       t.customer_id, c.name AS customer,
       1 AS opened,
       (t.reopened > 0)::int AS reopened,
       (t.kind IS NOT DISTINCT FROM 'COMPLAINT')::int AS complaint,
       (t.resolved_at IS NOT NULL)::int AS resolved,
       CASE WHEN t.resolved_at IS NOT NULL
            THEN round(extract(epoch FROM t.resolved_at - t.opened_at))::bigint ELSE 0 END AS solving,
       (t.resolved_at IS NOT NULL AND t.reopened > 0)::int AS resolved_again,
       coalesce(d.owed, 0) AS owed,
       coalesce(d.kept, 0) AS kept,
       (t.resolved_at IS NOT NULL AND NOT EXISTS (
           SELECT FROM kb_use u WHERE u.ticket_id = t.id AND u.what IN ('INSERTED', 'LINKED', 'SENT', 'SOLVED_WITH')))::int
           AS without_article
FROM ticket t
JOIN queue q ON q.id = t.queue_id
LEFT JOIN team m ON m.id = q.team_id
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
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.state IN ('MET', 'MISSED')) AS owed, count(*) FILTER (WHERE d.state = 'MET') AS kept
    FROM deadline d WHERE d.ticket_id = t.id
) d ON true;
