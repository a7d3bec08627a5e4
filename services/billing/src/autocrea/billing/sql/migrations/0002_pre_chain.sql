-- Every kind of line, and a chain of hashes per account, so that a line edited behind the triggers no longer fits.

ALTER TABLE accounts ADD COLUMN link bytea NOT NULL DEFAULT '';

ALTER TABLE transfers
    ADD COLUMN purchase_id uuid,
    ADD COLUMN debit_link  bytea,
    ADD COLUMN credit_link bytea;
ALTER TABLE transfers DROP CONSTRAINT transfers_route;
ALTER TABLE transfers
    ADD CONSTRAINT transfers_route CHECK ((
        (kind, debit_account, credit_account) IN (
            ('grant', 'world:grants', 'user:' || user_id),
            ('purchase', 'world:sales', 'user:' || user_id),
            ('refund', 'world:platform', 'user:' || user_id),
            ('reversal', 'user:' || user_id, 'world:sales'),
            ('reversal', 'user:' || user_id, 'receivable:' || user_id),
            ('receivable', 'receivable:' || user_id, 'user:' || user_id),
            ('hold', 'user:' || user_id, 'hold:' || generation_id || ':' || run),
            ('release', 'hold:' || generation_id || ':' || run, 'user:' || user_id),
            ('capture', 'hold:' || generation_id || ':' || run, 'world:platform')
        )) IS TRUE),
    -- What pays back a receivable may come from anywhere; everything else that moves money's worth names its purchase.
    ADD CONSTRAINT transfers_purchase CHECK (
        (kind IN ('purchase', 'receivable') OR credit_account = 'world:sales') = (purchase_id IS NOT NULL));
CREATE INDEX transfers_purchase_id ON transfers (purchase_id) WHERE purchase_id IS NOT NULL;

-- Everything a line says, spelt as the service spells it before it hashes it (domain/ledger.py).
CREATE FUNCTION line_content(line transfers) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(
        line.user_id, line.entry, line.kind, line.debit_account, line.credit_account, line.amount_tokens,
        line.idempotency_key, encode(line.request_hash, 'hex'),
        line.generation_id, line.run, line.step, line.fault, line.reason, line.purchase_id,
        (extract(epoch FROM line.posted_at) * 1000000)::bigint)::text, 'UTF8')
$$;
