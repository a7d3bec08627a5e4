-- Generated from the migrations by `make generate`; read it, never edit it.

CREATE FUNCTION public.keep_operator_actions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'operator_actions is append-only: what was done was done'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'operator_actions_append_only';
END $$;

CREATE TABLE public.access_tokens (
    token_id uuid NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    fingerprint bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.balances (
    user_id text NOT NULL,
    version bigint NOT NULL,
    available bigint NOT NULL,
    held bigint NOT NULL,
    receivable bigint NOT NULL,
    blocked_until timestamp with time zone
);

CREATE TABLE public.catalogues (
    kind text NOT NULL,
    name text NOT NULL,
    revision bigint NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE public.dead_letters (
    id uuid NOT NULL,
    source text NOT NULL,
    type text NOT NULL,
    message_id uuid,
    subject text,
    body bytea NOT NULL,
    reason text NOT NULL,
    traceback text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    resolution text,
    resolved_by text,
    resolved_why text,
    CONSTRAINT dead_letters_resolution CHECK ((resolution = ANY (ARRAY['replayed'::text, 'discarded'::text]))),
    CONSTRAINT dead_letters_source CHECK ((source = ANY (ARRAY['inbox'::text, 'queue'::text, 'job'::text])))
);

CREATE TABLE public.erased_generations (
    generation_id uuid NOT NULL,
    erased_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.feed_events (
    stream text NOT NULL,
    sequence bigint NOT NULL,
    message_id uuid,
    type text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL,
    trace_id text
);

CREATE TABLE public.files (
    generation_id uuid NOT NULL,
    step text NOT NULL,
    path text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL
);

CREATE TABLE public.generations (
    generation_id uuid NOT NULL,
    user_id text NOT NULL,
    project_id uuid NOT NULL,
    prompt text NOT NULL,
    language text NOT NULL,
    pipeline text NOT NULL,
    model_preference text,
    quote_tokens bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    run integer NOT NULL,
    status text NOT NULL,
    cancel_requested boolean NOT NULL,
    projected_sequence integer NOT NULL,
    result jsonb,
    notice jsonb,
    started_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.idempotency_keys (
    user_id text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    body jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.inbox (
    id uuid NOT NULL,
    type text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.jobs (
    kind text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    due_at timestamp with time zone NOT NULL,
    fair_key text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    lost_leases integer DEFAULT 0 NOT NULL,
    first_leased_at timestamp with time zone,
    lease_token uuid,
    leased_until timestamp with time zone,
    cause uuid,
    traceparent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.migrations (
    package text NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.operator_actions (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    reason text,
    details jsonb NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT operator_actions_outcome CHECK ((outcome = ANY (ARRAY['begun'::text, 'done'::text])))
);

ALTER TABLE public.operator_actions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.operator_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    exchange text NOT NULL,
    routing_key text NOT NULL,
    correlation_id text NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    relay_until timestamp with time zone,
    again_at timestamp with time zone
);

ALTER TABLE public.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pauses (
    pause_id uuid DEFAULT gen_random_uuid() NOT NULL,
    reason text NOT NULL,
    paused_by text NOT NULL,
    paused_at timestamp with time zone DEFAULT now() NOT NULL,
    resumed_by text,
    resumed_at timestamp with time zone
);

CREATE TABLE public.projects (
    project_id uuid NOT NULL,
    user_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    search_name text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.steps (
    generation_id uuid NOT NULL,
    step text NOT NULL,
    "position" integer NOT NULL,
    run integer NOT NULL,
    state text NOT NULL,
    title jsonb NOT NULL,
    icon text NOT NULL,
    cap_tokens bigint NOT NULL,
    depends_on jsonb NOT NULL,
    reused boolean NOT NULL,
    attempt integer NOT NULL,
    model text,
    usage jsonb,
    charge_tokens bigint NOT NULL,
    net_tokens bigint,
    summary text,
    findings jsonb NOT NULL,
    calls jsonb NOT NULL,
    fault text,
    duration_ms bigint,
    started_at timestamp with time zone,
    ended_at timestamp with time zone
);

CREATE TABLE public.users (
    user_id text NOT NULL,
    opened boolean DEFAULT false NOT NULL,
    email_verified boolean DEFAULT false NOT NULL,
    feed_position bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_fingerprint UNIQUE (fingerprint);

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (token_id);

ALTER TABLE ONLY public.balances
    ADD CONSTRAINT balances_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.catalogues
    ADD CONSTRAINT catalogues_pkey PRIMARY KEY (kind, name);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.erased_generations
    ADD CONSTRAINT erased_generations_pkey PRIMARY KEY (generation_id);

ALTER TABLE ONLY public.feed_events
    ADD CONSTRAINT feed_events_pkey PRIMARY KEY (stream, sequence);

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (generation_id, step, path);

ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (generation_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (kind, key);

ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (package, name);

ALTER TABLE ONLY public.operator_actions
    ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_id UNIQUE (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pauses_pkey PRIMARY KEY (pause_id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (project_id);

ALTER TABLE ONLY public.steps
    ADD CONSTRAINT steps_pkey PRIMARY KEY (generation_id, step);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (user_id);

CREATE INDEX access_tokens_by_user ON public.access_tokens USING btree (user_id, created_at DESC);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (created_at) WHERE (resolved_at IS NULL);

CREATE INDEX feed_events_of_users ON public.feed_events USING btree (stored_at) WHERE starts_with(stream, 'user:'::text);

CREATE INDEX generations_by_project ON public.generations USING btree (project_id, created_at DESC, generation_id DESC);

CREATE INDEX generations_by_time ON public.generations USING btree (created_at DESC, generation_id DESC);

CREATE INDEX generations_by_user ON public.generations USING btree (user_id, created_at DESC, generation_id DESC);

CREATE INDEX generations_open ON public.generations USING btree (user_id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX idempotency_keys_created_at ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_received_at ON public.inbox USING btree (received_at);

CREATE INDEX jobs_due ON public.jobs USING btree (kind, due_at);

CREATE INDEX operator_actions_at ON public.operator_actions USING btree (at, id);

CREATE INDEX outbox_again ON public.outbox USING btree (again_at) WHERE ((sent_at IS NULL) AND (again_at IS NOT NULL));

CREATE INDEX outbox_correlation_id ON public.outbox USING btree (correlation_id);

CREATE INDEX outbox_relay ON public.outbox USING btree (relay_until NULLS FIRST, seq) WHERE (sent_at IS NULL);

CREATE INDEX outbox_sent_at ON public.outbox USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX outbox_waiting ON public.outbox USING btree (created_at) WHERE ((sent_at IS NULL) AND (again_at IS NULL));

CREATE UNIQUE INDEX pauses_in_force ON public.pauses USING btree ((true)) WHERE (resumed_at IS NULL);

CREATE INDEX projects_by_user ON public.projects USING btree (user_id, created_at DESC, project_id DESC);

CREATE INDEX steps_by_end ON public.steps USING btree (ended_at DESC) WHERE (ended_at IS NOT NULL);

CREATE TRIGGER operator_actions_append_only BEFORE DELETE OR UPDATE ON public.operator_actions FOR EACH ROW EXECUTE FUNCTION public.keep_operator_actions();

CREATE TRIGGER operator_actions_not_truncated BEFORE TRUNCATE ON public.operator_actions FOR EACH STATEMENT EXECUTE FUNCTION public.keep_operator_actions();
