-- What an operator has sent again is told apart from what was never sent: it is no lag, however old it is.

ALTER TABLE outbox ADD COLUMN again_at timestamptz;
CREATE INDEX outbox_waiting ON outbox (created_at) WHERE sent_at IS NULL AND again_at IS NULL;
CREATE INDEX outbox_again ON outbox (again_at) WHERE sent_at IS NULL AND again_at IS NOT NULL;
