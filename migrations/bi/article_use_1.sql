-- One row per use of an article and per vote on one, by `at`. It succeeded: a ticket was solved with it, and was not
-- opened again within seven days.
CREATE OR REPLACE VIEW bi.article_use AS
SELECT u.id, u.ticket_id, u.interaction_id, u.at, u.what, r.id AS article_id, x.title AS article,
       CASE WHEN t.id IS NOT NULL THEN t.channel WHEN u.what = 'SENT' THEN 'sms' ELSE 'web' END AS channel,
       t.queue_id, q.name AS queue, q.team_id, m.name AS team, u.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       c.id AS customer_id, c.name AS customer,
       (u.what = 'READ')::int AS reads,
       (u.what IN ('INSERTED', 'LINKED', 'SENT', 'SOLVED_WITH'))::int AS uses,
       (u.what = 'SOLVED_WITH')::int AS solved,
       (u.what = 'SOLVED_WITH' AND NOT EXISTS (
           SELECT FROM ticket_stretch s WHERE s.ticket_id = u.ticket_id AND s.state IN ('NEW', 'OPEN', 'WAITING')
             AND s.started_at > u.at AND s.started_at <= u.at + interval '7 days'))::int AS succeeded,
       (u.what IN ('HELPFUL', 'NOT_HELPFUL'))::int AS votes,
       (u.what = 'HELPFUL')::int AS helpful
FROM (
    SELECT u.id * 2 AS id, u.ticket_id, u.interaction_id, u.at, u.what, u.article_id, u.agent_id, u.customer_id
    FROM kb_use u
    UNION ALL
    SELECT v.id * 2 + 1, NULL, NULL, v.at, CASE WHEN v.is_helpful THEN 'HELPFUL' ELSE 'NOT_HELPFUL' END, v.article_id,
           NULL, NULL
    FROM kb_vote v
) u
JOIN kb_article r ON r.id = u.article_id
LEFT JOIN kb_article_text x ON x.article_id = r.id AND x.language = r.source_language
LEFT JOIN ticket t ON t.id = u.ticket_id
LEFT JOIN queue q ON q.id = t.queue_id
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = u.agent_id
LEFT JOIN customer c ON c.id = coalesce(u.customer_id, t.customer_id)
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = u.ticket_id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = c.id AND tc.at > u.at ORDER BY tc.id LIMIT 1
) was ON true;
