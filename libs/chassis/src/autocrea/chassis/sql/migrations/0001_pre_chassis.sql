-- The chassis' four tables, the same in every service's database.

CREATE TABLE inbox (
    id          uuid PRIMARY KEY,
    type        text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received_at ON inbox (received_at);

CREATE TABLE outbox (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          uuid NOT NULL,
    type        text NOT NULL,
    exchange    text NOT NULL,
    routing_key text NOT NULL,
    correlation_id text NOT NULL,
    body        bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz,
    relay_until timestamptz,
    CONSTRAINT outbox_id UNIQUE (id)
);
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent_at ON outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE jobs (
    kind            text NOT NULL,
    key             text NOT NULL,
    payload         jsonb NOT NULL,
    due_at          timestamptz NOT NULL,
    fair_key        text NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    lost_leases     integer NOT NULL DEFAULT 0,
    first_leased_at timestamptz,
    lease_token     uuid,
    leased_until    timestamptz,
    cause           uuid,
    traceparent     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, key)
);
CREATE INDEX jobs_due ON jobs (kind, due_at);

CREATE TABLE dead_letters (
    id          uuid PRIMARY KEY,
    source      text NOT NULL CONSTRAINT dead_letters_source CHECK (source IN ('inbox', 'queue', 'job')),
    type        text NOT NULL,
    message_id  uuid,
    subject     text,
    body        bytea NOT NULL,
    reason      text NOT NULL,
    traceback   text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    resolution  text CONSTRAINT dead_letters_resolution CHECK (resolution IN ('replayed', 'discarded')),
    resolved_by text,
    resolved_why text
);
CREATE INDEX dead_letters_open ON dead_letters (created_at) WHERE resolved_at IS NULL;
