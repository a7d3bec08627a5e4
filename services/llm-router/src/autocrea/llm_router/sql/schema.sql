-- Generated from the migrations by `make generate`; read it, never edit it.

CREATE FUNCTION public.keep_operator_actions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'operator_actions is append-only: what was done was done'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'operator_actions_append_only';
END $$;

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

CREATE TABLE public.llm_calls (
    call_id uuid NOT NULL,
    generation_id uuid NOT NULL,
    run integer NOT NULL,
    step text NOT NULL,
    attempt integer NOT NULL,
    kind text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    outcome text,
    reason text,
    input_tokens bigint,
    output_tokens bigint,
    cached_tokens bigint,
    estimated boolean,
    first_token_ms bigint,
    total_ms bigint,
    made_output boolean DEFAULT false NOT NULL,
    booking text,
    CONSTRAINT llm_calls_attempt CHECK ((attempt >= 1)),
    CONSTRAINT llm_calls_billed_made_output CHECK (((booking IS DISTINCT FROM 'billed'::text) OR made_output)),
    CONSTRAINT llm_calls_booking CHECK ((booking = ANY (ARRAY['billed'::text, 'absorbed'::text]))),
    CONSTRAINT llm_calls_ended CHECK (((ended_at IS NULL) = (outcome IS NULL)))
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

CREATE TABLE public.providers (
    provider text NOT NULL,
    model text NOT NULL,
    revision integer NOT NULL,
    available boolean NOT NULL,
    reason text,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    open_reason text,
    open_until timestamp with time zone,
    probe_until timestamp with time zone,
    failed_probes integer DEFAULT 0 NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT providers_failed_probes CHECK ((failed_probes >= 0)),
    CONSTRAINT providers_open CHECK (((open_reason IS NULL) = (open_until IS NULL))),
    CONSTRAINT providers_probe CHECK (((probe_until IS NULL) OR (open_until IS NOT NULL))),
    CONSTRAINT providers_revision CHECK ((revision >= 0))
);

CREATE TABLE public.steps (
    generation_id uuid NOT NULL,
    run integer NOT NULL,
    step text NOT NULL,
    state text NOT NULL,
    attempt integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT steps_run CHECK ((run >= 1)),
    CONSTRAINT steps_state CHECK ((state = ANY (ARRAY['none'::text, 'open'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (kind, key);

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_pkey PRIMARY KEY (call_id);

ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (package, name);

ALTER TABLE ONLY public.operator_actions
    ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_id UNIQUE (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.providers
    ADD CONSTRAINT providers_pkey PRIMARY KEY (provider, model);

ALTER TABLE ONLY public.steps
    ADD CONSTRAINT steps_pkey PRIMARY KEY (generation_id, run, step);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (created_at) WHERE (resolved_at IS NULL);

CREATE INDEX inbox_received_at ON public.inbox USING btree (received_at);

CREATE INDEX jobs_due ON public.jobs USING btree (kind, due_at);

CREATE INDEX llm_calls_of_model ON public.llm_calls USING btree (provider, model, ended_at);

CREATE INDEX llm_calls_of_step ON public.llm_calls USING btree (generation_id, run, step);

CREATE INDEX llm_calls_unbooked ON public.llm_calls USING btree (placed_at) WHERE (booking IS NULL);

CREATE INDEX operator_actions_at ON public.operator_actions USING btree (at, id);

CREATE INDEX outbox_again ON public.outbox USING btree (again_at) WHERE ((sent_at IS NULL) AND (again_at IS NOT NULL));

CREATE INDEX outbox_correlation_id ON public.outbox USING btree (correlation_id);

CREATE INDEX outbox_relay ON public.outbox USING btree (relay_until NULLS FIRST, seq) WHERE (sent_at IS NULL);

CREATE INDEX outbox_sent_at ON public.outbox USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX outbox_waiting ON public.outbox USING btree (created_at) WHERE ((sent_at IS NULL) AND (again_at IS NULL));

CREATE TRIGGER operator_actions_append_only BEFORE DELETE OR UPDATE ON public.operator_actions FOR EACH ROW EXECUTE FUNCTION public.keep_operator_actions();

CREATE TRIGGER operator_actions_not_truncated BEFORE TRUNCATE ON public.operator_actions FOR EACH STATEMENT EXECUTE FUNCTION public.keep_operator_actions();

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_step FOREIGN KEY (generation_id, run, step) REFERENCES public.steps(generation_id, run, step);
