-- What serving costs and what customers buy, in ten-thousandths of the reporting currency. One row per contact that was
-- handled (its minutes as the settings of value count them), per message that left, per order and per return; which it is
-- stands in `what`. Amounts in a currency without a rate are left out.
CREATE OR REPLACE VIEW bi.currency AS
SELECT coalesce(nullif(t.said ->> 'currency', ''), v.figures ->> 'currency',
                (SELECT o.currency FROM "order" o ORDER BY o.id DESC LIMIT 1), 'EUR') AS code,
       coalesce(t.said -> 'rates', '{}') AS rates
FROM (VALUES (1)) AS one (id)
LEFT JOIN tier_settings t ON t.id = one.id LEFT JOIN value_settings v ON v.id = one.id;

CREATE OR REPLACE VIEW bi.serving AS
SELECT d.channel, coalesce((v.said ->> 'minute_rate')::numeric, 0.60) AS minute_rate,
       coalesce((v.said -> 'least' ->> d.channel)::numeric, d.least) AS least,
       coalesce((v.said -> 'most' ->> d.channel)::numeric, d.most) AS most,
       coalesce((v.said -> 'charges' ->> d.channel)::numeric, d.charge) AS charge
FROM (VALUES ('email', 3, 20, 0), ('web', 3, 20, 0), ('sms', 1, 10, 0.05), ('phone', 0, 120, 0))
     AS d (channel, least, most, charge)
LEFT JOIN value_settings v ON v.id = 1;

CREATE OR REPLACE VIEW bi.cost AS
SELECT x.id, x.ticket_id, x.interaction_id, x.at, x.what,
       x.channel, x.queue_id, q.name AS queue, q.team_id, m.name AS team, x.agent_id, a.name AS agent,
       CASE WHEN c.id IS NOT NULL THEN coalesce(CASE WHEN was.changed THEN was.old ELSE c.tier END, 'D') END AS tier,
       g.product_id, p.name AS product, coalesce(x.region, c.region, o.region) AS region, t.kind,
       x.customer_id, c.name AS customer,
       (x.what = 'CONTACT')::int AS contacts,
       CASE WHEN x.what = 'CONTACT' THEN x.amount ELSE 0 END AS handling,
       CASE WHEN x.what = 'MESSAGE' THEN x.amount ELSE 0 END AS charges,
       CASE WHEN x.what IN ('CONTACT', 'MESSAGE') THEN x.amount ELSE 0 END AS cost,
       (x.what = 'ORDER')::int AS orders,
       CASE WHEN x.what IN ('ORDER', 'RETURN') THEN x.amount ELSE 0 END AS revenue
FROM (
    SELECT i.id * 4 AS id, i.ticket_id, i.id AS interaction_id, coalesce(i.wrapped_at, i.ended_at) AS at,
           'CONTACT' AS what, i.channel, i.queue_id, i.agent_id, i.customer_id, NULL::text AS region,
           round(10000 * s.minute_rate * least(greatest(
               extract(epoch FROM coalesce(i.wrapped_at, i.ended_at) - i.accepted_at) / 60, s.least), s.most))::bigint
               AS amount
    FROM interaction i JOIN bi.serving s ON s.channel = i.channel
    WHERE i.state = 'DONE' AND i.agent_id IS NOT NULL AND i.accepted_at IS NOT NULL
    UNION ALL
    SELECT u.id * 4 + 1, u.ticket_id, NULL, u.sent_at, 'MESSAGE', u.channel, ut.queue_id, ut.assignee_id,
           u.customer_id, NULL, round(10000 * s.charge)::bigint
    FROM outgoing u JOIN bi.serving s ON s.channel = u.channel LEFT JOIN ticket ut ON ut.id = u.ticket_id
    WHERE u.sent_at IS NOT NULL AND s.charge > 0
    UNION ALL
    SELECT r.id * 4 + 2, NULL, NULL, r.placed_at, 'ORDER', NULL, NULL, NULL, r.customer_id, r.region,
           round(10000 * r.total * CASE WHEN r.currency = f.code THEN 1 ELSE (f.rates ->> r.currency)::numeric END)
               ::bigint
    FROM "order" r, bi.currency f
    WHERE r.state <> 'CANCELLED' AND (r.currency = f.code OR f.rates ? r.currency)
    UNION ALL
    SELECT z.id * 4 + 3, NULL, NULL, z.at, 'RETURN', NULL, NULL, NULL, z.customer_id, NULL,
           -round(10000 * z.amount * CASE WHEN z.currency = f.code THEN 1 ELSE (f.rates ->> z.currency)::numeric END)
               ::bigint
    FROM settlement z, bi.currency f
    WHERE z.kind IN ('RETURN', 'DISCOUNT') AND (z.currency = f.code OR f.rates ? z.currency)
) x
LEFT JOIN ticket t ON t.id = x.ticket_id
LEFT JOIN queue q ON q.id = x.queue_id
LEFT JOIN team m ON m.id = q.team_id
LEFT JOIN agent a ON a.id = x.agent_id
LEFT JOIN customer c ON c.id = x.customer_id
LEFT JOIN customer o ON o.id = c.company_id
LEFT JOIN entitlement_check e ON e.ticket_id = x.ticket_id
LEFT JOIN asset g ON g.id = e.asset_id
LEFT JOIN product p ON p.id = g.product_id
LEFT JOIN LATERAL (
    SELECT true AS changed, tc.old FROM tier_change tc
    WHERE tc.customer_id = x.customer_id AND tc.at > x.at ORDER BY tc.id LIMIT 1
) was ON true;
