-- What the router remembers: which steps are still worked on, every call it ever placed, what it said of the models.

CREATE TABLE steps (
    generation_id uuid        NOT NULL,
    run           integer     NOT NULL CONSTRAINT steps_run CHECK (run >= 1),
    step          text        NOT NULL,
    state         text        NOT NULL CONSTRAINT steps_state CHECK (state IN ('none', 'open', 'closed')),
    attempt       integer     NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (generation_id, run, step)
);

-- A row is written before its request is sent. Until the orchestrator's verdict on the step it has no booking.
CREATE TABLE llm_calls (
    call_id        uuid        PRIMARY KEY,
    generation_id  uuid        NOT NULL,
    run            integer     NOT NULL,
    step           text        NOT NULL,
    attempt        integer     NOT NULL CONSTRAINT llm_calls_attempt CHECK (attempt >= 1),
    kind           text        NOT NULL,
    provider       text        NOT NULL,
    model          text        NOT NULL,
    placed_at      timestamptz NOT NULL,
    ended_at       timestamptz,
    outcome        text,
    reason         text,
    input_tokens   bigint,
    output_tokens  bigint,
    cached_tokens  bigint,
    estimated      boolean,
    first_token_ms bigint,
    total_ms       bigint,
    made_output    boolean     NOT NULL DEFAULT false,
    booking        text CONSTRAINT llm_calls_booking CHECK (booking IN ('billed', 'absorbed')),
    CONSTRAINT llm_calls_ended CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT llm_calls_billed_made_output CHECK (booking IS DISTINCT FROM 'billed' OR made_output),
    CONSTRAINT llm_calls_step FOREIGN KEY (generation_id, run, step) REFERENCES steps
);
CREATE INDEX llm_calls_of_step ON llm_calls (generation_id, run, step);
CREATE INDEX llm_calls_unbooked ON llm_calls (placed_at) WHERE booking IS NULL;

-- What was published of a model last; revision 0 is a model nothing was published of yet.
CREATE TABLE providers (
    provider   text        NOT NULL,
    model      text        NOT NULL,
    revision   integer     NOT NULL CONSTRAINT providers_revision CHECK (revision >= 0),
    available  boolean     NOT NULL,
    reason     text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, model)
);
