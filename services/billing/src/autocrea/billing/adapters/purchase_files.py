"""Everything about one purchase, put together for an operator."""

from collections.abc import Mapping
from typing import Final, LiteralString
from uuid import UUID

from autocrea.chassis.database import Database

_FIND: Final[LiteralString] = """
SELECT purchase_id FROM purchases WHERE session_id = $1
UNION SELECT purchase_id FROM purchases WHERE purchase_id = $2
UNION SELECT purchase_id FROM payments WHERE payment_id = $1 AND purchase_id IS NOT NULL
UNION SELECT p.purchase_id FROM reversals r JOIN payments p USING (payment_id)
    WHERE r.id = $1 AND p.purchase_id IS NOT NULL"""
_PURCHASE: Final[LiteralString] = """
SELECT purchase_id, user_id, session_id, state, pack, tokens, amount, currency, reversed_tokens, session, payment,
    credited_at, started_at, updated_at, version, rate_card_version
FROM purchases WHERE purchase_id = $1"""
_PAYMENTS: Final[LiteralString] = "SELECT payment_id FROM payments WHERE purchase_id = $1"
_REVERSALS: Final[LiteralString] = """
SELECT r.id, r.kind, r.amount, r.currency, r.status, r.told_at, r.booked
FROM reversals r JOIN payments p USING (payment_id) WHERE p.purchase_id = $1 ORDER BY r.told_at, r.id"""
_LINES: Final[LiteralString] = """
SELECT user_id, entry, kind, debit_account, credit_account, amount_tokens, idempotency_key, reason, posted_at
FROM transfers WHERE purchase_id = $1 ORDER BY user_id, entry"""
_EVENTS: Final[LiteralString] = """
SELECT event_id, type, happened_at, via, received_at, handled_at FROM stripe_events
WHERE purchase_id = $1 ORDER BY happened_at, event_id"""


class PostgresPurchaseFiles:
    """Reads without a lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(self, name: str) -> Mapping[str, object] | None:
        """By its session, its payment, a refund or dispute of it, or its own id. Raises Unavailable."""
        async with self._database.connection() as connection:
            purchase_id = await connection.fetchval(_FIND, name, _uuid(name))
            purchase = await connection.fetchrow(_PURCHASE, purchase_id)
            if purchase is None:
                return None
            return {
                "purchase": dict(purchase),
                "payments": [row["payment_id"] for row in await connection.fetch(_PAYMENTS, purchase_id)],
                "reversals": [dict(row) for row in await connection.fetch(_REVERSALS, purchase_id)],
                "lines": [dict(row) for row in await connection.fetch(_LINES, purchase_id)],
                "events": [dict(row) for row in await connection.fetch(_EVENTS, purchase_id)],
            }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
