-- The read model and what the API itself owns: people, projects, and the answers it has given.

CREATE TABLE users (
    user_id        text PRIMARY KEY,
    opened         boolean NOT NULL DEFAULT false,
    email_verified boolean NOT NULL DEFAULT false,
    feed_position  bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE balances (
    user_id       text PRIMARY KEY,
    version       bigint NOT NULL,
    available     bigint NOT NULL,
    held          bigint NOT NULL,
    receivable    bigint NOT NULL,
    blocked_until timestamptz
);

CREATE TABLE projects (
    project_id uuid PRIMARY KEY,
    user_id    text NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX projects_by_user ON projects (user_id, created_at DESC, project_id DESC);

CREATE TABLE generations (
    generation_id      uuid PRIMARY KEY,
    user_id            text NOT NULL,
    project_id         uuid NOT NULL,
    prompt             text NOT NULL,
    language           text NOT NULL,
    pipeline           text NOT NULL,
    model_preference   text,
    quote_tokens       bigint NOT NULL,
    created_at         timestamptz NOT NULL,
    -- what events change
    run                integer NOT NULL,
    status             text NOT NULL,
    cancel_requested   boolean NOT NULL,
    projected_sequence integer NOT NULL,
    result             jsonb,
    notice             jsonb,
    started_at         timestamptz,
    updated_at         timestamptz NOT NULL
);
CREATE INDEX generations_by_user ON generations (user_id, created_at DESC, generation_id DESC);
CREATE INDEX generations_by_project ON generations (project_id, created_at DESC, generation_id DESC);
CREATE INDEX generations_open ON generations (user_id) WHERE status IN ('queued', 'running');

CREATE TABLE steps (
    generation_id uuid NOT NULL,
    step          text NOT NULL,
    position      integer NOT NULL,
    run           integer NOT NULL,
    state         text NOT NULL,
    title         jsonb NOT NULL,
    icon          text NOT NULL,
    cap_tokens    bigint NOT NULL,
    depends_on    jsonb NOT NULL,
    reused        boolean NOT NULL,
    attempt       integer NOT NULL,
    model         text,
    usage         jsonb,
    charge_tokens bigint NOT NULL,
    net_tokens    bigint,
    summary       text,
    findings      jsonb NOT NULL,
    calls         jsonb NOT NULL,
    fault         text,
    duration_ms   bigint,
    started_at    timestamptz,
    ended_at      timestamptz,
    PRIMARY KEY (generation_id, step)
);

CREATE TABLE files (
    generation_id uuid NOT NULL,
    step          text NOT NULL,
    path          text NOT NULL,
    sha256        text NOT NULL,
    bytes         bigint NOT NULL,
    PRIMARY KEY (generation_id, step, path)
);

-- Both kinds of feeds: `generation:<id>` with the orchestrator's sequence, `user:<id>` with positions given out here.
CREATE TABLE feed_events (
    stream     text NOT NULL,
    sequence   bigint NOT NULL,
    message_id uuid,
    type       text NOT NULL,
    time       timestamptz NOT NULL,
    data       jsonb NOT NULL,
    stored_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream, sequence)
);
CREATE INDEX feed_events_of_users ON feed_events (stored_at) WHERE starts_with(stream, 'user:');

CREATE TABLE catalogues (
    kind     text NOT NULL,
    name     text NOT NULL,
    revision bigint NOT NULL,
    data     jsonb NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE idempotency_keys (
    user_id      text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    body         jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
