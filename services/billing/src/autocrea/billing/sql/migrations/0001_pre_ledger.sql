-- The ledger: accounts keep sums, transfers keep history, holds tie tokens to work.

-- One row per user, hold and receivable account. World accounts have none: they are summed from transfers.
CREATE TABLE accounts (
    id             text PRIMARY KEY,
    kind           text NOT NULL GENERATED ALWAYS AS (split_part(id, ':', 1)) STORED,
    user_id        text NOT NULL,
    debits_tokens  bigint NOT NULL DEFAULT 0,
    credits_tokens bigint NOT NULL DEFAULT 0,
    -- The rest is of user accounts alone. Their row is the lock of everything that belongs to the user.
    version        bigint NOT NULL DEFAULT 0,
    entries        bigint NOT NULL DEFAULT 0,
    welcome        text NOT NULL DEFAULT 'none',
    CONSTRAINT accounts_kind CHECK (kind IN ('user', 'hold', 'receivable')),
    CONSTRAINT accounts_user CHECK (kind = 'hold' OR id = kind || ':' || user_id),
    CONSTRAINT accounts_sums_not_negative CHECK (debits_tokens >= 0 AND credits_tokens >= 0),
    CONSTRAINT accounts_balance_not_negative CHECK (kind = 'receivable' OR credits_tokens >= debits_tokens),
    CONSTRAINT accounts_receivable_not_positive CHECK (kind <> 'receivable' OR debits_tokens >= credits_tokens),
    CONSTRAINT accounts_welcome CHECK (welcome IN ('none', 'waiting', 'granted'))
);

-- Append-only. `entry` numbers a user's lines without a gap, in the order in which they were booked.
CREATE TABLE transfers (
    user_id         text NOT NULL,
    entry           bigint NOT NULL,
    kind            text NOT NULL,
    debit_account   text NOT NULL,
    credit_account  text NOT NULL,
    amount_tokens   bigint NOT NULL,
    idempotency_key text NOT NULL,
    request_hash    bytea NOT NULL,
    generation_id   uuid,
    run             integer,
    step            text,
    fault           text,
    reason          text,
    posted_at       timestamptz NOT NULL,
    PRIMARY KEY (user_id, entry),
    CONSTRAINT transfers_idempotency_key UNIQUE (idempotency_key),
    CONSTRAINT transfers_amount_positive CHECK (amount_tokens > 0),
    CONSTRAINT transfers_entry_positive CHECK (entry > 0),
    CONSTRAINT transfers_request_hash CHECK (octet_length(request_hash) = 32),
    CONSTRAINT transfers_step CHECK ((kind IN ('capture', 'refund')) = (step IS NOT NULL)),
    CONSTRAINT transfers_route CHECK ((
        (kind, debit_account, credit_account) IN (
            ('grant', 'world:grants', 'user:' || user_id),
            ('refund', 'world:platform', 'user:' || user_id),
            ('hold', 'user:' || user_id, 'hold:' || generation_id || ':' || run),
            ('release', 'hold:' || generation_id || ':' || run, 'user:' || user_id),
            ('capture', 'hold:' || generation_id || ':' || run, 'world:platform')
        )) IS TRUE)
);
CREATE INDEX transfers_generation ON transfers (generation_id, run) WHERE generation_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE ON transfers
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_not_truncated BEFORE TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- True when no step is charged below 0 or above its cap.
CREATE FUNCTION within_caps(charged jsonb, caps jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_each_text(charged) AS c
        WHERE c.value::bigint NOT BETWEEN 0 AND coalesce((caps ->> c.key)::bigint, 0))
$$;

CREATE TABLE holds (
    generation_id     uuid NOT NULL,
    run               integer NOT NULL,
    user_id           text NOT NULL,
    state             text NOT NULL,
    caps              jsonb NOT NULL,
    charged           jsonb NOT NULL,
    rate_card_version text,
    opened_at         timestamptz,
    closed_at         timestamptz,
    settled_at        timestamptz,
    PRIMARY KEY (generation_id, run),
    CONSTRAINT holds_run_positive CHECK (run > 0),
    CONSTRAINT holds_state CHECK (state IN ('open', 'closed')),
    CONSTRAINT holds_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT holds_settled CHECK (settled_at IS NULL OR state = 'closed'),
    CONSTRAINT holds_opened CHECK (state = 'closed' OR (opened_at IS NOT NULL AND rate_card_version IS NOT NULL)),
    CONSTRAINT holds_within_caps CHECK (within_caps(charged, caps))
);
CREATE INDEX holds_open ON holds (user_id) WHERE state = 'open';
CREATE INDEX holds_overdue ON holds (opened_at) WHERE state = 'open';

-- What the platform paid for a user on a day (UTC).
CREATE TABLE absorptions (
    user_id         text NOT NULL,
    day             date NOT NULL,
    absorbed_tokens bigint NOT NULL,
    blocked_until   timestamptz,
    PRIMARY KEY (user_id, day),
    CONSTRAINT absorptions_not_negative CHECK (absorbed_tokens >= 0)
);

-- One row: what the last day that welcomed anybody gave away. Locked after the accounts, only by who welcomes.
CREATE TABLE welcome_budgets (
    id             smallint PRIMARY KEY DEFAULT 1,
    day            date NOT NULL,
    granted_tokens bigint NOT NULL,
    CONSTRAINT welcome_budgets_one CHECK (id = 1),
    CONSTRAINT welcome_budgets_not_negative CHECK (granted_tokens >= 0)
);
INSERT INTO welcome_budgets (day, granted_tokens) VALUES ('2000-01-01', 0);

-- Every publication; a version says the same in each of them.
CREATE TABLE rate_cards (
    revision     bigint PRIMARY KEY,
    version      text NOT NULL,
    card         jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT rate_cards_revision_positive CHECK (revision > 0)
);
CREATE INDEX rate_cards_version ON rate_cards (version, revision);

-- What operators did, and why.
CREATE TABLE audit (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    action          text NOT NULL,
    subject         text NOT NULL,
    tokens          bigint NOT NULL,
    reason          text NOT NULL,
    idempotency_key text NOT NULL
);
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
