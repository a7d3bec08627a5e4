"""Single reading statements outside any transaction of ours, with the database's absence told as such."""

from typing import Any, LiteralString

from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.errors import Unavailable


async def fetch(database: Database, statement: LiteralString, *arguments: Any) -> list[Any]:
    """The rows of a statement; raises `Unavailable`."""
    try:
        async with database.connection() as connection:
            return await connection.fetch(statement, *arguments)
    except Exception as error:
        if classify(error) is Trouble.UNAVAILABLE:
            raise Unavailable("the database does not answer") from error
        raise


async def fetch_one(database: Database, statement: LiteralString, *arguments: Any) -> Any | None:
    """The first row, if there is one; raises `Unavailable`."""
    rows = await fetch(database, statement, *arguments)
    return rows[0] if rows else None
