"""Everybody who has an account, some hundred at a time."""

from collections.abc import AsyncIterator, Sequence
from typing import LiteralString

from autocrea.chassis.database import Database
from autocrea.contracts.ids import UserId

USERS_AT_ONCE = 200  # locked together while their balances are told

_PAGE: LiteralString = """
SELECT user_id FROM accounts WHERE kind = 'user' AND id > 'user:' || $1 ORDER BY id LIMIT $2"""


async def account_holders(database: Database) -> AsyncIterator[Sequence[UserId]]:
    """In the order of their ids. Raises Unavailable."""
    last, found = "", USERS_AT_ONCE
    while found == USERS_AT_ONCE:
        async with database.connection() as connection:
            users = [UserId(row["user_id"]) for row in await connection.fetch(_PAGE, last, USERS_AT_ONCE)]
        if users:
            yield users
            last = users[-1]
        found = len(users)
