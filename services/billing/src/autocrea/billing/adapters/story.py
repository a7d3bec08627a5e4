"""The ledger lines and holds of a generation, for operators."""

from typing import Any
from uuid import UUID

from autocrea.chassis.handlers import Connection

_LINES = """
SELECT user_id, entry, kind, debit_account, credit_account, amount_tokens, run, step, fault, posted_at
FROM transfers WHERE generation_id = $1 ORDER BY user_id, entry"""
_HOLDS = """
SELECT run, state, caps, charged, rate_card_version, opened_at, closed_at FROM holds
WHERE generation_id = $1 ORDER BY run"""


async def story(connection: Connection, generation_id: UUID) -> dict[str, Any]:
    return {
        "lines": [dict(row) for row in await connection.fetch(_LINES, generation_id)],
        "holds": [dict(row) for row in await connection.fetch(_HOLDS, generation_id)],
    }
