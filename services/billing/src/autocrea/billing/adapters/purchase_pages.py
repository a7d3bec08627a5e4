"""A person's purchases, read without a lock."""

from typing import Final, LiteralString

from autocrea.chassis.database import Database
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.internal import PurchasePage, PurchaseView

# In the order of the index `purchases_user`, so a page costs the same however many there are.
_PAGE: Final[LiteralString] = """
SELECT purchase_id, state, pack, tokens, amount, currency, reversed_tokens, url, version, started_at, updated_at
FROM purchases
WHERE user_id = $1 AND ($2::uuid IS NULL OR (started_at, purchase_id) < (
    SELECT started_at, purchase_id FROM purchases WHERE user_id = $1 AND purchase_id = $2))
ORDER BY started_at DESC, purchase_id DESC LIMIT $3"""
_ONE: Final[LiteralString] = """
SELECT purchase_id, state, pack, tokens, amount, currency, reversed_tokens, url, version, started_at, updated_at
FROM purchases WHERE purchase_id = $2 AND user_id = $1"""

_SESSION: Final[LiteralString] = """
SELECT session_id FROM purchases WHERE purchase_id = $2 AND user_id = $1"""


class PostgresPurchases:
    """Pages by the purchase that the last page ended with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user_id: UserId, *, before: PurchaseId | None, limit: int) -> PurchasePage:
        """The newest first, starting below `before`. Raises Unavailable."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PAGE, user_id, before, limit + 1)
        found = tuple(PurchaseView.model_validate(dict(row)) for row in rows[:limit])
        more = len(rows) > limit
        return PurchasePage(purchases=found, next_before=found[-1].purchase_id if more else None)

    async def one(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView | None:
        """A purchase of this person's. Raises Unavailable."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, user_id, purchase_id)
        return None if row is None else PurchaseView.model_validate(dict(row))

    async def session_of(self, user_id: UserId, purchase_id: PurchaseId) -> str | None:
        """Its session at Stripe. Raises Unavailable."""
        async with self._database.connection() as connection:
            session_id: str | None = await connection.fetchval(_SESSION, user_id, purchase_id)
        return session_id
