"""Single reading statements outside any transaction of ours."""

from typing import Any, LiteralString

from autocrea.chassis.database import Database


async def fetch(database: Database, statement: LiteralString, *arguments: Any) -> list[Any]:
    """The rows of a statement; raises `Unavailable`."""
    async with database.connection() as connection:
        return await connection.fetch(statement, *arguments)


async def fetch_one(database: Database, statement: LiteralString, *arguments: Any) -> Any | None:
    """The first row, if there is one; raises `Unavailable`."""
    rows = await fetch(database, statement, *arguments)
    return rows[0] if rows else None
