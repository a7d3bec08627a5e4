-- What operators did is in `operator_actions` now, as in every service; the earlier rows come along.

INSERT INTO operator_actions (at, who, action, target, reason, details, outcome)
SELECT at, actor, action, subject, reason,
    jsonb_strip_nulls(jsonb_build_object('tokens', tokens, 'key', idempotency_key)), 'done'
FROM audit ORDER BY id;
DROP TABLE audit;
