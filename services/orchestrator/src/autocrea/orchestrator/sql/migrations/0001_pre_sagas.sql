-- One row a generation. `state` is the whole saga in the format `state_version`; `prompt` stands apart because only the
-- few decisions that write a prompt read it.
CREATE TABLE sagas (
    generation_id uuid PRIMARY KEY,
    state_version integer NOT NULL,
    run_state text NOT NULL,
    run integer NOT NULL,
    state jsonb NOT NULL,
    prompt text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- What has not ended yet: few rows among many.
CREATE INDEX sagas_open ON sagas (run_state, updated_at)
    WHERE run_state IN ('queued', 'running', 'packaging', 'settling');

-- What the models wrote, by attempt: inserted once, never changed, removed only by erasure. `body` is JSON as bytes,
-- because a jsonb column would parse a mebibyte that nobody queries.
CREATE TABLE step_outputs (
    generation_id uuid NOT NULL,
    run integer NOT NULL,
    step text NOT NULL,
    attempt integer NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (generation_id, run, step, attempt)
);

-- Every definition that a generation may have pinned. `revision` is that of its last publication; the highest of a name
-- is in force.
CREATE TABLE pipelines (
    digest text PRIMARY KEY,
    name text NOT NULL,
    revision integer NOT NULL,
    definition jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pipelines_revision UNIQUE (name, revision)
);
