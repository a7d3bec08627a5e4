"""Open holds that are older than any run can be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from autocrea.billing.ports import OverdueHold
from autocrea.chassis.database import Database

REPORT_MAX: Final = 100  # more than a person reads; the next report has the rest

_OPENED_BEFORE: Final[LiteralString] = """
SELECT h.generation_id, h.run, h.user_id,
    coalesce(a.credits_tokens - a.debits_tokens, 0) AS held_tokens, h.opened_at
FROM holds h LEFT JOIN accounts a ON a.id = 'hold:' || h.generation_id || ':' || h.run
WHERE h.state = 'open' AND h.opened_at < $1 ORDER BY h.opened_at LIMIT $2"""


class PostgresOverdueHolds:
    """Reads them without a lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened_before(self, moment: datetime) -> Sequence[OverdueHold]:
        """The oldest first, at most `REPORT_MAX`. Raises Unavailable."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OPENED_BEFORE, moment, REPORT_MAX)
        return [OverdueHold(*row) for row in rows]
