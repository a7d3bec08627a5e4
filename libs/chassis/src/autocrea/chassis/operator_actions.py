"""What operators did: who, what, to what, why, and what came of it. Rows are added, never changed or removed.

A row is written in the transaction of its act, so neither is there without the other; what was refused changed
nothing and leaves nothing. What takes many transactions is `begun` not later than with its first one, and `done` with
what it came to after its last; of one that was interrupted the first row stands alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Connection, OperatorAction

LIST_DEFAULT, LIST_MAX = 50, 500

_RECORD = """
INSERT INTO operator_actions (who, action, target, reason, details, outcome) VALUES ($1, $2, $3, $4, $5, $6)"""
_LIST = """
SELECT id, at, who, action, target, reason, details, outcome, count(*) OVER ()::int AS found
FROM operator_actions WHERE $1::timestamptz IS NULL OR (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3"""


async def record(connection: Connection, actions: Sequence[OperatorAction]) -> None:
    """Write actions down in the transaction that carries them out."""
    if actions:
        rows = [(a.who, a.action, a.target, a.reason, dict(a.details), a.outcome) for a in actions]
        await connection.executemany(_RECORD, rows)


async def note(database: Database, action: OperatorAction) -> None:
    """Write down the beginning or the end of what takes more than one transaction. Raises `Unavailable`."""
    async with database.connection() as connection:
        await record(connection, [action])


async def newest(
    connection: Connection,
    *,
    before: datetime | None = None,
    before_id: int = 0,
    limit: int = LIST_DEFAULT,
) -> tuple[list[dict[str, Any]], int]:
    """The newest actions, of those before a moment, and how many older ones are left out.

    Of those at that very moment, the ones with a lower `id`: a page goes on where the one before it ended.
    """
    actions = [dict(row) for row in await connection.fetch(_LIST, before, before_id, limit)]
    found = [action.pop("found") for action in actions]
    return actions, max(found, default=0) - len(actions)
