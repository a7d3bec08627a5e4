-- Lines from before the chain are chained; from now on no line is without its links, and nobody's role may change one.

ALTER TABLE transfers DISABLE TRIGGER transfers_append_only;
DO $$
DECLARE
    line transfers;
    debit bytea;
    credit bytea;
BEGIN
    IF NOT EXISTS (SELECT FROM transfers WHERE debit_link IS NULL AND credit_link IS NULL) THEN
        RETURN;
    END IF;
    UPDATE accounts SET link = '';
    FOR line IN SELECT * FROM transfers ORDER BY user_id, entry LOOP
        debit := NULL;
        credit := NULL;
        UPDATE accounts SET link = sha256(link || line_content(line)) WHERE id = line.debit_account
            RETURNING link INTO debit;
        UPDATE accounts SET link = sha256(link || line_content(line)) WHERE id = line.credit_account
            RETURNING link INTO credit;
        UPDATE transfers SET debit_link = debit, credit_link = credit
            WHERE user_id = line.user_id AND entry = line.entry;
    END LOOP;
END $$;
ALTER TABLE transfers ENABLE TRIGGER transfers_append_only;

ALTER TABLE transfers
    ADD CONSTRAINT transfers_debit_link CHECK (
        (debit_link IS NULL) = (debit_account LIKE 'world:%') AND octet_length(debit_link) = 32),
    ADD CONSTRAINT transfers_credit_link CHECK (
        (credit_link IS NULL) = (credit_account LIKE 'world:%') AND octet_length(credit_link) = 32);

-- The owner of a table holds its rights like anybody else's, and can be without them. Whoever is above rights
-- (a superuser) meets the triggers.
REVOKE UPDATE, DELETE, TRUNCATE ON transfers, audit FROM CURRENT_USER;
