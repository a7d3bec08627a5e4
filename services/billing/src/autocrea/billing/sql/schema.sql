-- Generated from the migrations by `make generate`; read it, never edit it.

CREATE FUNCTION public.keep_operator_actions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'operator_actions is append-only: what was done was done'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'operator_actions_append_only';
END $$;

CREATE TABLE public.transfers (
    user_id text NOT NULL,
    entry bigint NOT NULL,
    kind text NOT NULL,
    debit_account text NOT NULL,
    credit_account text NOT NULL,
    amount_tokens bigint NOT NULL,
    idempotency_key text NOT NULL,
    request_hash bytea NOT NULL,
    generation_id uuid,
    run integer,
    step text,
    fault text,
    reason text,
    posted_at timestamp with time zone NOT NULL,
    purchase_id uuid,
    debit_link bytea,
    credit_link bytea,
    CONSTRAINT transfers_amount_positive CHECK ((amount_tokens > 0)),
    CONSTRAINT transfers_credit_link CHECK ((((credit_link IS NULL) = (credit_account ~~ 'world:%'::text)) AND (octet_length(credit_link) = 32))),
    CONSTRAINT transfers_debit_link CHECK ((((debit_link IS NULL) = (debit_account ~~ 'world:%'::text)) AND (octet_length(debit_link) = 32))),
    CONSTRAINT transfers_entry_positive CHECK ((entry > 0)),
    CONSTRAINT transfers_purchase CHECK ((((kind = ANY (ARRAY['purchase'::text, 'receivable'::text])) OR (credit_account = 'world:sales'::text)) = (purchase_id IS NOT NULL))),
    CONSTRAINT transfers_request_hash CHECK ((octet_length(request_hash) = 32)),
    CONSTRAINT transfers_route CHECK ((((((((((((kind = 'grant'::text) AND (debit_account = 'world:grants'::text) AND (credit_account = ('user:'::text || user_id))) OR ((kind = 'purchase'::text) AND (debit_account = 'world:sales'::text) AND (credit_account = ('user:'::text || user_id)))) OR ((kind = 'refund'::text) AND (debit_account = 'world:platform'::text) AND (credit_account = ('user:'::text || user_id)))) OR ((kind = 'reversal'::text) AND (debit_account = ('user:'::text || user_id)) AND (credit_account = 'world:sales'::text))) OR ((kind = 'reversal'::text) AND (debit_account = ('user:'::text || user_id)) AND (credit_account = ('receivable:'::text || user_id)))) OR ((kind = 'receivable'::text) AND (debit_account = ('receivable:'::text || user_id)) AND (credit_account = ('user:'::text || user_id)))) OR ((kind = 'hold'::text) AND (debit_account = ('user:'::text || user_id)) AND (credit_account = ((('hold:'::text || generation_id) || ':'::text) || run)))) OR ((kind = 'release'::text) AND (debit_account = ((('hold:'::text || generation_id) || ':'::text) || run)) AND (credit_account = ('user:'::text || user_id)))) OR ((kind = 'capture'::text) AND (debit_account = ((('hold:'::text || generation_id) || ':'::text) || run)) AND (credit_account = 'world:platform'::text))) IS TRUE)),
    CONSTRAINT transfers_step CHECK (((kind = ANY (ARRAY['capture'::text, 'refund'::text])) = (step IS NOT NULL)))
);

CREATE FUNCTION public.line_content(line public.transfers) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT convert_to(jsonb_build_array(
        line.user_id, line.entry, line.kind, line.debit_account, line.credit_account, line.amount_tokens,
        line.idempotency_key, encode(line.request_hash, 'hex'),
        line.generation_id, line.run, line.step, line.fault, line.reason, line.purchase_id,
        (extract(epoch FROM line.posted_at) * 1000000)::bigint)::text, 'UTF8')
$$;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE FUNCTION public.within_caps(charged jsonb, caps jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT
    AS $$
    SELECT NOT EXISTS (
        SELECT FROM jsonb_each_text(charged) AS c
        WHERE c.value::bigint NOT BETWEEN 0 AND coalesce((caps ->> c.key)::bigint, 0))
$$;

CREATE TABLE public.absorptions (
    user_id text NOT NULL,
    day date NOT NULL,
    absorbed_tokens bigint NOT NULL,
    blocked_until timestamp with time zone,
    CONSTRAINT absorptions_not_negative CHECK ((absorbed_tokens >= 0))
);

CREATE TABLE public.accounts (
    id text NOT NULL,
    kind text GENERATED ALWAYS AS (split_part(id, ':'::text, 1)) STORED NOT NULL,
    user_id text NOT NULL,
    debits_tokens bigint DEFAULT 0 NOT NULL,
    credits_tokens bigint DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    entries bigint DEFAULT 0 NOT NULL,
    welcome text DEFAULT 'none'::text NOT NULL,
    link bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT accounts_balance_not_negative CHECK (((kind = 'receivable'::text) OR (credits_tokens >= debits_tokens))),
    CONSTRAINT accounts_kind CHECK ((kind = ANY (ARRAY['user'::text, 'hold'::text, 'receivable'::text]))),
    CONSTRAINT accounts_receivable_not_positive CHECK (((kind <> 'receivable'::text) OR (debits_tokens >= credits_tokens))),
    CONSTRAINT accounts_sums_not_negative CHECK (((debits_tokens >= 0) AND (credits_tokens >= 0))),
    CONSTRAINT accounts_user CHECK (((kind = 'hold'::text) OR (id = ((kind || ':'::text) || user_id)))),
    CONSTRAINT accounts_welcome CHECK ((welcome = ANY (ARRAY['none'::text, 'waiting'::text, 'granted'::text])))
);

CREATE TABLE public.comparisons (
    id smallint DEFAULT 1 NOT NULL,
    compared_at timestamp with time zone NOT NULL,
    differences integer NOT NULL,
    CONSTRAINT comparisons_differences CHECK ((differences >= 0)),
    CONSTRAINT comparisons_one CHECK ((id = 1))
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

CREATE TABLE public.holds (
    generation_id uuid NOT NULL,
    run integer NOT NULL,
    user_id text NOT NULL,
    state text NOT NULL,
    caps jsonb NOT NULL,
    charged jsonb NOT NULL,
    rate_card_version text,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone,
    settled_at timestamp with time zone,
    CONSTRAINT holds_closed CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT holds_opened CHECK (((state = 'closed'::text) OR ((opened_at IS NOT NULL) AND (rate_card_version IS NOT NULL)))),
    CONSTRAINT holds_run_positive CHECK ((run > 0)),
    CONSTRAINT holds_settled CHECK (((settled_at IS NULL) OR (state = 'closed'::text))),
    CONSTRAINT holds_state CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text]))),
    CONSTRAINT holds_within_caps CHECK (public.within_caps(charged, caps))
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

CREATE TABLE public.payments (
    payment_id text NOT NULL,
    purchase_id uuid
);

CREATE TABLE public.purchases (
    purchase_id uuid NOT NULL,
    user_id text NOT NULL,
    session_id text NOT NULL,
    pack text NOT NULL,
    tokens bigint NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    rate_card_version text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    url text,
    session text NOT NULL,
    payment text NOT NULL,
    credited_at timestamp with time zone,
    reversed_tokens bigint NOT NULL,
    disputed boolean NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT purchases_credited CHECK (((credited_at IS NULL) OR (payment = 'paid'::text))),
    CONSTRAINT purchases_figures_positive CHECK (((tokens > 0) AND (amount > 0))),
    CONSTRAINT purchases_payment CHECK ((payment = ANY (ARRAY['unpaid'::text, 'failed'::text, 'paid'::text]))),
    CONSTRAINT purchases_reversed CHECK (((credited_at IS NOT NULL) OR ((reversed_tokens = 0) AND (NOT disputed)))),
    CONSTRAINT purchases_reversed_tokens CHECK (((reversed_tokens >= 0) AND (reversed_tokens <= tokens))),
    CONSTRAINT purchases_session CHECK ((session = ANY (ARRAY['open'::text, 'complete'::text, 'expired'::text]))),
    CONSTRAINT purchases_state CHECK ((state = ANY (ARRAY['started'::text, 'paid'::text, 'credited'::text, 'expired'::text, 'failed'::text, 'refunded'::text, 'disputed'::text])))
);

CREATE TABLE public.rate_cards (
    revision bigint NOT NULL,
    version text NOT NULL,
    card jsonb NOT NULL,
    published_at timestamp with time zone NOT NULL,
    CONSTRAINT rate_cards_revision_positive CHECK ((revision > 0))
);

CREATE TABLE public.reversals (
    id text NOT NULL,
    kind text NOT NULL,
    payment_id text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    told_at timestamp with time zone NOT NULL,
    booked boolean NOT NULL,
    turns integer NOT NULL,
    CONSTRAINT reversals_amount_positive CHECK ((amount > 0)),
    CONSTRAINT reversals_kind CHECK ((kind = ANY (ARRAY['refund'::text, 'dispute'::text])))
);

CREATE TABLE public.stripe_events (
    event_id text NOT NULL,
    type text NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    content jsonb NOT NULL,
    via text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    handled_at timestamp with time zone,
    purchase_id uuid,
    CONSTRAINT stripe_events_via CHECK ((via = ANY (ARRAY['webhook'::text, 'list'::text])))
);

CREATE TABLE public.stripe_listings (
    id smallint DEFAULT 1 NOT NULL,
    listed_until timestamp with time zone NOT NULL,
    CONSTRAINT stripe_listings_one CHECK ((id = 1))
);

CREATE TABLE public.welcome_budgets (
    id smallint DEFAULT 1 NOT NULL,
    day date NOT NULL,
    granted_tokens bigint NOT NULL,
    CONSTRAINT welcome_budgets_not_negative CHECK ((granted_tokens >= 0)),
    CONSTRAINT welcome_budgets_one CHECK ((id = 1))
);

ALTER TABLE ONLY public.absorptions
    ADD CONSTRAINT absorptions_pkey PRIMARY KEY (user_id, day);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.comparisons
    ADD CONSTRAINT comparisons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (generation_id, run);

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

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (payment_id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_pkey PRIMARY KEY (purchase_id);

ALTER TABLE ONLY public.purchases
    ADD CONSTRAINT purchases_session_id UNIQUE (session_id);

ALTER TABLE ONLY public.rate_cards
    ADD CONSTRAINT rate_cards_pkey PRIMARY KEY (revision);

ALTER TABLE ONLY public.reversals
    ADD CONSTRAINT reversals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stripe_events
    ADD CONSTRAINT stripe_events_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.stripe_listings
    ADD CONSTRAINT stripe_listings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_idempotency_key UNIQUE (idempotency_key);

ALTER TABLE ONLY public.transfers
    ADD CONSTRAINT transfers_pkey PRIMARY KEY (user_id, entry);

ALTER TABLE ONLY public.welcome_budgets
    ADD CONSTRAINT welcome_budgets_pkey PRIMARY KEY (id);

CREATE INDEX dead_letters_open ON public.dead_letters USING btree (created_at) WHERE (resolved_at IS NULL);

CREATE INDEX holds_open ON public.holds USING btree (user_id) WHERE (state = 'open'::text);

CREATE INDEX holds_overdue ON public.holds USING btree (opened_at) WHERE (state = 'open'::text);

CREATE INDEX holds_user ON public.holds USING btree (user_id);

CREATE INDEX inbox_received_at ON public.inbox USING btree (received_at);

CREATE INDEX jobs_due ON public.jobs USING btree (kind, due_at);

CREATE INDEX operator_actions_at ON public.operator_actions USING btree (at, id);

CREATE INDEX outbox_again ON public.outbox USING btree (again_at) WHERE ((sent_at IS NULL) AND (again_at IS NOT NULL));

CREATE INDEX outbox_correlation_id ON public.outbox USING btree (correlation_id);

CREATE INDEX outbox_relay ON public.outbox USING btree (relay_until NULLS FIRST, seq) WHERE (sent_at IS NULL);

CREATE INDEX outbox_sent_at ON public.outbox USING btree (sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX outbox_waiting ON public.outbox USING btree (created_at) WHERE ((sent_at IS NULL) AND (again_at IS NULL));

CREATE INDEX payments_purchase ON public.payments USING btree (purchase_id) WHERE (purchase_id IS NOT NULL);

CREATE INDEX purchases_user ON public.purchases USING btree (user_id, started_at, purchase_id);

CREATE INDEX rate_cards_version ON public.rate_cards USING btree (version, revision);

CREATE INDEX reversals_payment ON public.reversals USING btree (payment_id);

CREATE INDEX stripe_events_purchase ON public.stripe_events USING btree (purchase_id) WHERE (purchase_id IS NOT NULL);

CREATE INDEX stripe_events_unhandled ON public.stripe_events USING btree (received_at) WHERE (handled_at IS NULL);

CREATE INDEX transfers_generation ON public.transfers USING btree (generation_id, run) WHERE (generation_id IS NOT NULL);

CREATE INDEX transfers_purchase_id ON public.transfers USING btree (purchase_id) WHERE (purchase_id IS NOT NULL);

CREATE TRIGGER operator_actions_append_only BEFORE DELETE OR UPDATE ON public.operator_actions FOR EACH ROW EXECUTE FUNCTION public.keep_operator_actions();

CREATE TRIGGER operator_actions_not_truncated BEFORE TRUNCATE ON public.operator_actions FOR EACH STATEMENT EXECUTE FUNCTION public.keep_operator_actions();

CREATE TRIGGER transfers_append_only BEFORE DELETE OR UPDATE ON public.transfers FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER transfers_not_truncated BEFORE TRUNCATE ON public.transfers FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
