-- One row per survey that was asked and not withdrawn, by `at` (asked). Agent, queue, team, channel, kind, tier and
-- product are of that moment. CSAT is 1 to 5, NPS 0 to 10, CES 1 to 7.
CREATE OR REPLACE VIEW bi.survey AS
SELECT s.id, s.ticket_id, s.interaction_id, s.asked_at AS at, s.answered_at, s.state, s.scale, s.score,
       s.comment, s.asked_by, s.language, s.after_recovery_of,
       s.channel, s.queue_id, q.name AS queue, s.team_id, m.name AS team, s.agent_id, a.name AS agent,
       CASE WHEN s.customer_id IS NOT NULL THEN coalesce(s.tier, 'D') END AS tier,
       s.product_id, p.name AS product, coalesce(c.region, o.region) AS region, s.kind,
       s.customer_id, c.name AS customer,
       1 AS asked,
       (s.score IS NOT NULL)::int AS answers,
       (s.scale = 'CSAT')::int AS csat_asked,
       (s.scale = 'CSAT' AND s.score IS NOT NULL)::int AS csat_answered,
       (s.scale = 'CSAT' AND coalesce(s.score >= 4, false))::int AS csat_satisfied,
       CASE WHEN s.scale = 'CSAT' THEN coalesce(s.score, 0) ELSE 0 END AS csat_sum,
       (s.scale = 'NPS')::int AS nps_asked,
       (s.scale = 'NPS' AND s.score IS NOT NULL)::int AS nps_answered,
       (s.scale = 'NPS' AND coalesce(s.score >= 9, false))::int AS nps_promoters,
       (s.scale = 'NPS' AND coalesce(s.score <= 6, false))::int AS nps_detractors,
       (s.scale = 'NPS' AND coalesce(s.score NOT IN (7, 8), false))::int AS nps_decided,
       (s.scale = 'CES')::int AS ces_asked,
       (s.scale = 'CES' AND s.score IS NOT NULL)::int AS ces_answered,
       (s.scale = 'CES' AND coalesce(s.score >= 5, false))::int AS ces_easy,
       CASE WHEN s.scale = 'CES' THEN coalesce(s.score, 0) ELSE 0 END AS ces_sum
FROM survey s
JOIN queue q ON q.id = s.queue_id
LEFT JOIN team m ON m.id = s.team_id
LEFT JOIN agent a ON a.id = s.agent_id
LEFT JOIN customer c ON c.id = s.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN product p ON p.id = s.product_id
WHERE s.state <> 'WITHDRAWN' OR s.score IS NOT NULL;
