-- One row per stretch of presence and quarter of an hour, by `at`, the quarter's beginning. Busy: had something in hand
-- while available; what overlaps counts once. The team is the agent's, of several the one that was made first.
CREATE OR REPLACE VIEW bi.agent_time AS
SELECT p.id * 100000 + slice.place AS id, NULL::bigint AS ticket_id, NULL::bigint AS interaction_id, slice.at,
       p.started_at, p.ended_at, p.state, p.reason,
       NULL::text AS channel, NULL::bigint AS queue_id, NULL::text AS queue, m.id AS team_id, m.name AS team,
       p.agent_id, a.name AS agent, NULL::text AS tier, NULL::bigint AS product_id, NULL::text AS product,
       NULL::text AS region, NULL::text AS kind, NULL::bigint AS customer_id, NULL::text AS customer,
       CASE WHEN p.state IN ('AVAILABLE', 'FINISHING') THEN slice.seconds ELSE 0 END AS available,
       CASE WHEN p.state = 'AWAY' THEN slice.seconds ELSE 0 END AS away,
       CASE WHEN p.state = 'NOT_RESPONDING' THEN slice.seconds ELSE 0 END AS not_responding,
       coalesce((SELECT round(sum(extract(epoch FROM upper(r) - lower(r))))
                 FROM unnest(had.times * tstzmultirange(tstzrange(slice.since, slice.until))) AS r), 0)::bigint AS busy
FROM presence p
JOIN agent a ON a.id = p.agent_id
LEFT JOIN team m ON m.id = (SELECT min(tm.team_id) FROM team_member tm WHERE tm.agent_id = p.agent_id)
LEFT JOIN LATERAL (
    SELECT range_agg(tstzrange(h.started_at, coalesce(h.ended_at, now()))) AS times
    FROM (SELECT h.started_at, h.ended_at FROM handling h
          WHERE h.agent_id = p.agent_id AND h.started_at < coalesce(p.ended_at, now())
            AND h.started_at > p.started_at - interval '1 day'
          UNION ALL
          SELECT h.started_at, h.ended_at FROM handling h
          WHERE h.agent_id = p.agent_id AND h.started_at <= p.started_at - interval '1 day'
            AND (h.ended_at - h.started_at > interval '1 day' OR h.ended_at IS NULL)
            AND coalesce(h.ended_at, now()) > p.started_at) h
    WHERE coalesce(h.ended_at, now()) > h.started_at
) had ON p.state IN ('AVAILABLE', 'FINISHING')
CROSS JOIN LATERAL (
    SELECT g AS at, row_number() OVER () AS place, greatest(p.started_at, g) AS since,
           least(coalesce(p.ended_at, now()), g + interval '15 minutes') AS until,
           round(extract(epoch FROM least(coalesce(p.ended_at, now()), g + interval '15 minutes')
                                    - greatest(p.started_at, g)))::bigint AS seconds
    FROM generate_series(date_bin('15 minutes', p.started_at, '2000-01-01 00:00+00'), coalesce(p.ended_at, now()),
                         interval '15 minutes') AS g
) slice
WHERE p.state <> 'OFFLINE' AND slice.until > slice.since;
