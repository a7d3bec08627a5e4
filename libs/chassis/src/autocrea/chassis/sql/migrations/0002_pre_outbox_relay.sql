-- The order in which the relay claims: without it every claim sorts all that a broken broker left unsent.

CREATE INDEX outbox_relay ON outbox (relay_until NULLS FIRST, seq) WHERE sent_at IS NULL;
