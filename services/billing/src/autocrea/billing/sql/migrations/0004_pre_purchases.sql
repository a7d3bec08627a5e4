-- Purchases through Stripe: what was ordered, what Stripe told of it, and the events that told it.

CREATE TABLE purchases (
    purchase_id       uuid PRIMARY KEY,
    user_id           text NOT NULL,
    session_id        text NOT NULL,
    pack              text NOT NULL,
    tokens            bigint NOT NULL,
    amount            bigint NOT NULL,
    currency          text NOT NULL,
    rate_card_version text NOT NULL,
    started_at        timestamptz NOT NULL,
    url               text,
    session           text NOT NULL,
    payment           text NOT NULL,
    credited_at       timestamptz,
    reversed_tokens   bigint NOT NULL,
    disputed          boolean NOT NULL,
    version           bigint NOT NULL,
    -- How it was told to stand: what `session`, `payment` and the reversals come to.
    state             text NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT purchases_session_id UNIQUE (session_id),
    CONSTRAINT purchases_figures_positive CHECK (tokens > 0 AND amount > 0),
    CONSTRAINT purchases_reversed_tokens CHECK (reversed_tokens BETWEEN 0 AND tokens),
    CONSTRAINT purchases_session CHECK (session IN ('open', 'complete', 'expired')),
    CONSTRAINT purchases_payment CHECK (payment IN ('unpaid', 'failed', 'paid')),
    CONSTRAINT purchases_credited CHECK (credited_at IS NULL OR payment = 'paid'),
    CONSTRAINT purchases_reversed CHECK (credited_at IS NOT NULL OR (reversed_tokens = 0 AND NOT disputed)),
    CONSTRAINT purchases_state CHECK (
        state IN ('started', 'paid', 'credited', 'expired', 'failed', 'refunded', 'disputed'))
);
CREATE INDEX purchases_user ON purchases (user_id, started_at, purchase_id);

-- By Stripe's PaymentIntent. A row is there before its purchase is known: it is the lock of its reversals.
CREATE TABLE payments (
    payment_id  text PRIMARY KEY,
    purchase_id uuid
);
CREATE INDEX payments_purchase ON payments (purchase_id) WHERE purchase_id IS NOT NULL;

-- Refunds and disputes as they were told last.
CREATE TABLE reversals (
    id         text PRIMARY KEY,
    kind       text NOT NULL,
    payment_id text NOT NULL,
    amount     bigint NOT NULL,
    currency   text NOT NULL,
    status     text NOT NULL,
    told_at    timestamptz NOT NULL,
    booked     boolean NOT NULL,
    turns      integer NOT NULL,
    CONSTRAINT reversals_kind CHECK (kind IN ('refund', 'dispute')),
    CONSTRAINT reversals_amount_positive CHECK (amount > 0)
);
CREATE INDEX reversals_payment ON reversals (payment_id);

CREATE TABLE stripe_events (
    event_id    text PRIMARY KEY,
    type        text NOT NULL,
    happened_at timestamptz NOT NULL,
    content     jsonb NOT NULL,
    via         text NOT NULL,
    received_at timestamptz NOT NULL,
    handled_at  timestamptz,
    purchase_id uuid,
    CONSTRAINT stripe_events_via CHECK (via IN ('webhook', 'list'))
);
CREATE INDEX stripe_events_unhandled ON stripe_events (received_at) WHERE handled_at IS NULL;
CREATE INDEX stripe_events_purchase ON stripe_events (purchase_id) WHERE purchase_id IS NOT NULL;

-- One row: until when Stripe's list of events was read without a hole.
CREATE TABLE stripe_listings (
    id           smallint PRIMARY KEY DEFAULT 1,
    listed_until timestamptz NOT NULL,
    CONSTRAINT stripe_listings_one CHECK (id = 1)
);
INSERT INTO stripe_listings (listed_until) VALUES ('2000-01-01');

-- Looking at a person's purchase or comparing the books moves no tokens and has no key.
ALTER TABLE audit
    ALTER COLUMN tokens DROP NOT NULL,
    ALTER COLUMN reason DROP NOT NULL,
    ALTER COLUMN idempotency_key DROP NOT NULL;

-- The comparison of the books takes some hundred users at a time, with all their holds.
CREATE INDEX holds_user ON holds (user_id);
