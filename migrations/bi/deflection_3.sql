-- One row per answer that needed no agent, by `at`. Confirmed: no ticket of that customer followed in a day.
CREATE OR REPLACE VIEW bi.deflection AS
SELECT d.id, NULL::bigint AS ticket_id, NULL::bigint AS interaction_id, d.at, d.kind AS what, d.subject, d.state,
       CASE WHEN starts_with(d.kind, 'PHONE') OR starts_with(d.visitor, 'call:') THEN 'phone'
            WHEN starts_with(d.kind, 'TEXT') OR starts_with(d.visitor, 'text:') THEN 'sms' ELSE 'web' END AS channel,
       NULL::bigint AS queue_id, NULL::text AS queue, NULL::bigint AS team_id, NULL::text AS team,
       NULL::bigint AS agent_id, NULL::text AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       NULL::bigint AS product_id, NULL::text AS product, coalesce(c.region, o.region) AS region, NULL::text AS kind,
       d.customer_id, c.name AS customer,
       1 AS shown,
       (d.state = 'CONFIRMED')::int AS confirmed,
       (d.state = 'REFUTED')::int AS refuted,
       (d.kind = 'ARTICLE')::int AS articles_shown,
       (d.kind = 'ARTICLE' AND d.state = 'CONFIRMED')::int AS articles_confirmed,
       (d.kind = 'ARTICLE' AND d.state = 'REFUTED')::int AS articles_refuted
FROM deflection d
LEFT JOIN customer c ON c.id = d.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = d.customer_id AND tc.at > d.at ORDER BY tc.id LIMIT 1
) was ON true;
