-- What operators did here, and why. Rows are only added: triggers refuse anything else to everybody, and the service's
-- own role, although it owns the table, is left without the right.

CREATE TABLE operator_actions (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    who     text NOT NULL,
    action  text NOT NULL,
    target  text NOT NULL,
    reason  text,
    details jsonb NOT NULL,
    outcome text NOT NULL CONSTRAINT operator_actions_outcome CHECK (outcome IN ('begun', 'done'))
);
CREATE INDEX operator_actions_at ON operator_actions (at, id);

CREATE FUNCTION keep_operator_actions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'operator_actions is append-only: what was done was done'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'operator_actions_append_only';
END $$;
CREATE TRIGGER operator_actions_append_only BEFORE UPDATE OR DELETE ON operator_actions
    FOR EACH ROW EXECUTE FUNCTION keep_operator_actions();
CREATE TRIGGER operator_actions_not_truncated BEFORE TRUNCATE ON operator_actions
    FOR EACH STATEMENT EXECUTE FUNCTION keep_operator_actions();
REVOKE UPDATE, DELETE, TRUNCATE ON operator_actions FROM CURRENT_USER;
