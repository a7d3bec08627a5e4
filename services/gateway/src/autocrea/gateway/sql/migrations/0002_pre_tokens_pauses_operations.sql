-- Access tokens of people, when new generations were not taken, and what operators look things up by.

-- `fingerprint` is the SHA-256 of the token; the token itself is nowhere.
CREATE TABLE access_tokens (
    token_id     uuid PRIMARY KEY,
    user_id      text NOT NULL,
    name         text NOT NULL,
    scopes       text[] NOT NULL,
    fingerprint  bytea NOT NULL,
    hint         text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT access_tokens_fingerprint UNIQUE (fingerprint)
);
CREATE INDEX access_tokens_by_user ON access_tokens (user_id, created_at DESC);

-- Who paused what when, and why: the one without an end is in force, the others stay as the record.
CREATE TABLE pauses (
    pause_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reason     text NOT NULL,
    paused_by  text NOT NULL,
    paused_at  timestamptz NOT NULL DEFAULT now(),
    resumed_by text,
    resumed_at timestamptz
);
CREATE UNIQUE INDEX pauses_in_force ON pauses ((true)) WHERE resumed_at IS NULL;

-- For operators: everybody's generations, the newest first, and the steps that ended lately.
CREATE INDEX generations_by_time ON generations (created_at DESC, generation_id DESC);
CREATE INDEX steps_by_end ON steps (ended_at DESC) WHERE ended_at IS NOT NULL;
