"""The ledger against itself: every rule that its rows can be asked about, in statements that only read.

Users are taken some hundred at a time, so that no statement grows with the ledger.
"""

from collections.abc import AsyncIterator
from typing import Final, LiteralString

from autocrea.billing.domain.reconciliation import Difference, Kind
from autocrea.chassis.database import Database

USERS_AT_ONCE: Final = 300  # with a thousand lines each a statement still takes a second

_USERS: Final[LiteralString] = """
SELECT user_id FROM accounts WHERE kind = 'user' AND id > 'user:' || $1 ORDER BY id LIMIT $2"""
_WITHOUT_ACCOUNT: Final[LiteralString] = """
SELECT DISTINCT t.user_id, 'has lines and no account' FROM transfers t
WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = 'user:' || t.user_id)"""
_SUMS: Final[LiteralString] = """
WITH sides AS (
    SELECT debit_account AS account, amount_tokens AS debits, 0::bigint AS credits FROM transfers
    WHERE user_id = ANY($1::text[])
    UNION ALL
    SELECT credit_account, 0, amount_tokens FROM transfers WHERE user_id = ANY($1::text[])
), sums AS (
    SELECT account, sum(debits) AS debits, sum(credits) AS credits FROM sides
    WHERE account NOT LIKE 'world:%' GROUP BY account
), named AS (
    SELECT account AS id FROM sums
    UNION SELECT prefix || u FROM unnest($1::text[]) AS u CROSS JOIN unnest(ARRAY['user:', 'receivable:']) AS prefix
    UNION SELECT 'hold:' || generation_id || ':' || run FROM holds WHERE user_id = ANY($1::text[])
), kept AS (
    SELECT id, debits_tokens, credits_tokens FROM accounts JOIN named USING (id)
)
SELECT coalesce(k.id, s.account),
    format('keeps %s - %s, its lines come to %s - %s', k.credits_tokens, k.debits_tokens, s.credits, s.debits)
FROM kept k FULL JOIN sums s ON s.account = k.id
WHERE (coalesce(k.debits_tokens, -1), coalesce(k.credits_tokens, -1))
    <> (coalesce(s.debits, 0), coalesce(s.credits, 0))"""
_ENTRIES: Final[LiteralString] = """
SELECT a.id, format('counts %s lines, %s are there, the last is %s', a.entries, count(t.entry), max(t.entry))
FROM accounts a LEFT JOIN transfers t ON t.user_id = a.user_id
WHERE a.id IN (SELECT 'user:' || u FROM unnest($1::text[]) AS u)
GROUP BY a.id, a.entries HAVING a.entries <> count(t.entry) OR a.entries <> coalesce(max(t.entry), 0)"""
# A line whose content was edited does not fit its own links; one whose neighbour is gone does not fit the one before.
_LINKS: Final[LiteralString] = """
WITH sides AS (
    SELECT user_id, entry, idempotency_key, debit_account AS account, debit_link AS link, line_content(t) AS content
    FROM transfers t WHERE user_id = ANY($1::text[])
    UNION ALL
    SELECT user_id, entry, idempotency_key, credit_account, credit_link, line_content(t)
    FROM transfers t WHERE user_id = ANY($1::text[])
), chained AS (
    SELECT *, lag(link, 1, '') OVER (PARTITION BY account ORDER BY entry) AS before FROM sides
    WHERE account NOT LIKE 'world:%'
)
SELECT idempotency_key, format('line %s of %s does not fit the chain of %s', entry, user_id, account)
FROM chained WHERE link IS DISTINCT FROM sha256(before || content)"""
_LAST_LINKS: Final[LiteralString] = """
WITH sides AS (
    SELECT debit_account AS account, entry, debit_link AS link FROM transfers WHERE user_id = ANY($1::text[])
    UNION ALL SELECT credit_account, entry, credit_link FROM transfers WHERE user_id = ANY($1::text[])
), ends AS (
    SELECT DISTINCT ON (account) account, link FROM sides WHERE account NOT LIKE 'world:%'
    ORDER BY account, entry DESC
)
SELECT a.id, 'ends in another link than its last line' FROM ends e JOIN accounts a ON a.id = e.account
WHERE a.link <> e.link"""
_HOLDS: Final[LiteralString] = """
WITH mine AS (
    SELECT generation_id, run, state, caps, charged FROM holds WHERE user_id = ANY($1::text[])
), lines AS (
    SELECT t.generation_id, t.run, t.step,
        sum(CASE t.kind WHEN 'capture' THEN t.amount_tokens ELSE -t.amount_tokens END) AS tokens
    FROM transfers t WHERE t.user_id = ANY($1::text[]) AND t.kind IN ('capture', 'refund')
    GROUP BY t.generation_id, t.run, t.step
), stated AS (
    SELECT m.generation_id, m.run, c.key AS step, c.value::bigint AS tokens
    FROM mine m CROSS JOIN jsonb_each_text(m.charged) AS c WHERE c.value::bigint <> 0
)
SELECT format('%s:%s', coalesce(s.generation_id, l.generation_id), coalesce(s.run, l.run)),
    format('step %s: the hold says %s tokens, its lines %s', coalesce(s.step, l.step), coalesce(s.tokens, 0),
        coalesce(l.tokens, 0))
FROM stated s FULL JOIN lines l USING (generation_id, run, step)
WHERE coalesce(s.tokens, 0) <> coalesce(l.tokens, 0)
UNION ALL
SELECT format('%s:%s', m.generation_id, m.run), format('is %s and keeps %s tokens', m.state, a.balance)
FROM mine m CROSS JOIN LATERAL (
    SELECT coalesce(sum(credits_tokens - debits_tokens), 0)::bigint AS balance FROM accounts
    WHERE id = 'hold:' || m.generation_id || ':' || m.run
) AS a
WHERE a.balance <> CASE m.state WHEN 'closed' THEN 0 ELSE (
    SELECT coalesce(sum(c.value::bigint), 0) FROM jsonb_each_text(m.caps) AS c
) - (SELECT coalesce(sum(c.value::bigint), 0) FROM jsonb_each_text(m.charged) AS c) END"""
_OWING: Final[LiteralString] = """
SELECT u.id, 'owes tokens and has some' FROM accounts u JOIN accounts r ON r.id = 'receivable:' || u.user_id
WHERE u.id IN (SELECT 'user:' || n FROM unnest($1::text[]) AS n)
    AND u.credits_tokens > u.debits_tokens AND r.debits_tokens > r.credits_tokens"""
_PURCHASES: Final[LiteralString] = """
WITH lines AS (
    SELECT purchase_id, sum(CASE kind WHEN 'purchase' THEN amount_tokens ELSE -amount_tokens END) AS tokens
    FROM transfers WHERE user_id = ANY($1::text[]) AND purchase_id IS NOT NULL AND kind <> 'receivable'
    GROUP BY purchase_id
)
SELECT coalesce(p.purchase_id, l.purchase_id)::text,
    format('is %s with %s of %s tokens taken back, its lines come to %s', p.state, p.reversed_tokens, p.tokens,
        coalesce(l.tokens, 0))
FROM (SELECT * FROM purchases WHERE user_id = ANY($1::text[])) AS p FULL JOIN lines l USING (purchase_id)
WHERE coalesce(l.tokens, 0)
    <> CASE WHEN p.credited_at IS NULL THEN 0 ELSE p.tokens - p.reversed_tokens END"""
_OF_USERS: Final[tuple[tuple[Kind, LiteralString], ...]] = (
    (Kind.CHAIN, _ENTRIES),
    (Kind.CHAIN, _LINKS),
    (Kind.CHAIN, _LAST_LINKS),
    (Kind.SUM, _SUMS),
    (Kind.SUM, _OWING),
    (Kind.HOLD, _HOLDS),
    (Kind.PURCHASE, _PURCHASES),
)
_GUARDS: Final[LiteralString] = """
SELECT format('%s on %s', tgname, tgrelid::regclass), 'the trigger is off'
FROM pg_trigger WHERE tgname IN ('transfers_append_only', 'transfers_not_truncated', 'operator_actions_append_only',
    'operator_actions_not_truncated') AND tgenabled = 'D'
UNION ALL
SELECT format('%s on %s', p.name, t.name), 'the service may change lines: take the right away from its role'
FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p (name),
    unnest(ARRAY['transfers', 'operator_actions']) AS t (name)
WHERE has_table_privilege(t.name, p.name)
    AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"""
_WAITING_EVENTS: Final[LiteralString] = """
SELECT event_id, format('%s was stored at %s and is not handled', type, received_at) FROM stripe_events
WHERE handled_at IS NULL AND received_at < now() - interval '5 minutes' ORDER BY received_at LIMIT 1000"""
_ONCE: Final[tuple[tuple[Kind, LiteralString], ...]] = (
    (Kind.GUARD, _GUARDS),
    (Kind.SUM, _WITHOUT_ACCOUNT),
    (Kind.EVENT, _WAITING_EVENTS),
)


class PostgresLedgerChecks:
    """Reads without a lock; each statement sees one moment. Everything raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def differences(self) -> AsyncIterator[Difference]:
        """Whatever the ledger's own rows do not agree on."""
        for kind, statement in _ONCE:
            async with self._database.connection() as connection:
                for row in await connection.fetch(statement):
                    yield Difference(kind, row[0], row[1])
        async for users in self._users():
            for kind, statement in _OF_USERS:
                async with self._database.connection() as connection:
                    rows = await connection.fetch(statement, users)
                for row in rows:
                    yield Difference(kind, row[0], row[1])

    async def _users(self) -> AsyncIterator[list[str]]:
        last = ""
        while True:
            async with self._database.connection() as connection:
                users = [row["user_id"] for row in await connection.fetch(_USERS, last, USERS_AT_ONCE)]
            if not users:
                return
            yield users
            last = users[-1]
