-- The breaker of each model, shared by all replicas: closed while open_until is null, half open once it has passed.

ALTER TABLE providers
    ADD COLUMN open_reason   text,
    ADD COLUMN open_until    timestamptz,
    ADD COLUMN probe_until   timestamptz,
    ADD COLUMN failed_probes integer NOT NULL DEFAULT 0,
    ADD COLUMN closed_at     timestamptz,
    ADD CONSTRAINT providers_open CHECK ((open_reason IS NULL) = (open_until IS NULL)),
    ADD CONSTRAINT providers_probe CHECK (probe_until IS NULL OR open_until IS NOT NULL),
    ADD CONSTRAINT providers_failed_probes CHECK (failed_probes >= 0);

-- How a model's calls of the last minutes ended is counted whenever one of them fails.
CREATE INDEX llm_calls_of_model ON llm_calls (provider, model, ended_at);
