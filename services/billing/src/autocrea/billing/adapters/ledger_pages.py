"""A user's ledger for people, read without a lock."""

from typing import Final, LiteralString

from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.contracts.internal import LedgerEntry, LedgerPage
from autocrea.contracts.vocabulary import ChangeKind

# The key's own order, so a page costs the same however long the ledger is;
# of a rare kind, one pass over that person's own.
_PAGE: Final[LiteralString] = """
SELECT entry, posted_at AS at, kind, amount_tokens AS tokens, generation_id, run, step, fault, purchase_id,
    reason
FROM transfers WHERE user_id = $1 AND ($2::bigint IS NULL OR entry < $2) AND ($4::text IS NULL OR kind = $4)
ORDER BY entry DESC LIMIT $3"""

# A generation's lines are few, and the index `transfers_generation` finds them.
_OF_GENERATION: Final[LiteralString] = """
SELECT entry, posted_at AS at, kind, amount_tokens AS tokens, generation_id, run, step, fault, purchase_id,
    reason
FROM transfers
WHERE generation_id = $4 AND user_id = $1 AND ($2::bigint IS NULL OR entry < $2) AND ($5::text IS NULL OR step = $5)
    AND ($6::text IS NULL OR kind = $6)
ORDER BY entry DESC LIMIT $3"""


class PostgresLedgerPages:
    """Pages by the lines' own numbers: lines that are added meanwhile move nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        user_id: UserId,
        *,
        before: int | None,
        limit: int,
        generation_id: GenerationId | None = None,
        step: str | None = None,
        kind: ChangeKind | None = None,
    ) -> LedgerPage:
        """The newest lines first, starting below the line `before`. Raises Unavailable."""
        async with self._database.connection() as connection:
            if generation_id is None:
                rows = await connection.fetch(_PAGE, user_id, before, limit, kind)
            else:
                rows = await connection.fetch(
                    _OF_GENERATION, user_id, before, limit, generation_id, step, kind
                )
        entries = tuple(LedgerEntry.model_validate(dict(row)) for row in rows)
        more = len(entries) == limit and entries[-1].entry > 1
        return LedgerPage(entries=entries, next_before=entries[-1].entry if more else None)
