-- One row per search of the knowledge base, by `at`: one typing is one search.
CREATE OR REPLACE VIEW bi.search AS
SELECT s.id, s.ticket_id, NULL::bigint AS interaction_id, s.at, s.words, s.language, s.place, s.found,
       CASE s.place WHEN 'SMS' THEN 'sms' WHEN 'PHONE' THEN 'phone' WHEN 'DESK' THEN t.channel ELSE 'web' END AS channel,
       t.queue_id, q.name AS queue, q.team_id, m.name AS team, s.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(c.region, o.region) AS region, t.kind,
       c.id AS customer_id, c.name AS customer, s.chosen_article_id AS article_id, x.title AS article,
       1 AS searches,
       (s.found = 0)::int AS without_result,
       (s.chosen_article_id IS NOT NULL)::int AS chosen
FROM kb_search s
LEFT JOIN ticket t ON t.id = s.ticket_id
LEFT JOIN queue q ON q.id = t.queue_id
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = s.agent_id
LEFT JOIN customer c ON c.id = coalesce(s.customer_id, t.customer_id)
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = s.ticket_id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN kb_article r ON r.id = s.chosen_article_id
LEFT JOIN kb_article_text x ON x.article_id = r.id AND x.language = r.source_language
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = c.id AND tc.at > s.at ORDER BY tc.id LIMIT 1
) was ON true;
