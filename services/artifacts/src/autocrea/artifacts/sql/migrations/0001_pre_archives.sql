-- What was generated, and the archives made of it. A generation's row is the lock under which all of it is decided.

CREATE TABLE generations (
    id         uuid PRIMARY KEY,
    project_id uuid,
    user_id    text,
    erased_at  timestamptz
);

CREATE TABLE step_sets (
    generation_id uuid NOT NULL REFERENCES generations (id),
    run           integer NOT NULL CONSTRAINT step_sets_run CHECK (run >= 1),
    step          text NOT NULL,
    sha256        text NOT NULL,
    state         text NOT NULL CONSTRAINT step_sets_state CHECK (state IN ('stored', 'failed')),
    detail        text NOT NULL,
    arrived_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (generation_id, run, step)
);

CREATE TABLE files (
    generation_id uuid NOT NULL,
    run           integer NOT NULL,
    step          text NOT NULL,
    path          text NOT NULL,
    sha256        text NOT NULL,
    content       bytea NOT NULL,  -- not text: a model may write any character, U+0000 included
    PRIMARY KEY (generation_id, run, step, path),
    CONSTRAINT files_step_set FOREIGN KEY (generation_id, run, step) REFERENCES step_sets ON DELETE CASCADE
);

CREATE TABLE archives (
    generation_id uuid NOT NULL REFERENCES generations (id),
    run           integer NOT NULL CONSTRAINT archives_run CHECK (run >= 1),
    state         text NOT NULL
        CONSTRAINT archives_state CHECK (state IN ('wanted', 'packaging', 'ready', 'failed', 'erased')),
    file_name     text NOT NULL,
    wanted        json NOT NULL,  -- not jsonb, which forgets the order of the steps
    object_key    text NOT NULL CONSTRAINT archives_object_key UNIQUE,
    sha256        text,
    bytes         bigint,
    files         integer,
    fault         text,
    detail        text NOT NULL,
    PRIMARY KEY (generation_id, run),
    CONSTRAINT archives_ready CHECK ((state = 'ready') = (sha256 IS NOT NULL AND bytes IS NOT NULL AND files IS NOT NULL)),
    CONSTRAINT archives_failed CHECK ((state = 'failed') = (fault IS NOT NULL))
);
