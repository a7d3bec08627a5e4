-- What was sent of one generation: to tell its story, and to blank its texts once its project is deleted.

CREATE INDEX outbox_correlation_id ON outbox (correlation_id);
