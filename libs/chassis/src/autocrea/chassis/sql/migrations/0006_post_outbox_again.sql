-- The lag is read from `outbox_waiting`.

DROP INDEX outbox_unsent;
