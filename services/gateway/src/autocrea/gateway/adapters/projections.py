"""What a rebuild needs beside the rows of a transaction: which generations there are, and what is to be told again."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from autocrea.chassis import operator_actions
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import OperatorAction
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.adapters.reading import fetch

_PAGE: LiteralString = """
SELECT user_id, generation_id FROM generations WHERE generation_id > $1 ORDER BY generation_id LIMIT $2"""
# Whatever the owners tell from now on counts, whichever version it has.
_BALANCES: LiteralString = "UPDATE balances SET version = 0"
_CATALOGUES: LiteralString = "UPDATE catalogues SET revision = 0"
# Sent again, an event is taken again; one that is stored already changes nothing.
_RECEIVED: LiteralString = "DELETE FROM inbox WHERE type = ANY($1::text[])"


class Projections:
    """Over the service's database; raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_generations(
        self, after: GenerationId | None, limit: int
    ) -> Sequence[tuple[UserId, GenerationId]]:
        rows = await fetch(self._database, _PAGE, after or UUID(int=0), limit)
        return [(UserId(row["user_id"]), GenerationId(row["generation_id"])) for row in rows]

    async def expect_again(self, types: Sequence[str], action: OperatorAction) -> None:
        """Be ready to be told everything again by its owners: what stands stays until they have spoken."""
        async with self._database.transaction() as connection:
            await connection.execute(_RECEIVED, types)
            await connection.execute(_BALANCES)
            await connection.execute(_CATALOGUES)
            await operator_actions.record(connection, [action])

    async def note(self, action: OperatorAction) -> None:
        await operator_actions.note(self._database, action)
