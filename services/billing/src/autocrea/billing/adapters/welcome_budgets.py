"""The one row that says what today's welcomes gave away; locked after the accounts, only by who welcomes."""

from typing import Final, LiteralString

from autocrea.billing.adapters.changes import Read
from autocrea.billing.domain.welcome import WelcomeBudget
from autocrea.chassis.handlers import Connection

_LOCK: Final[LiteralString] = "SELECT day, granted_tokens FROM welcome_budgets FOR UPDATE"
_SAVE: Final[LiteralString] = "UPDATE welcome_budgets SET day = $1, granted_tokens = $2"


async def lock(connection: Connection, read: Read) -> WelcomeBudget:
    """Lock and return the budget."""
    row = await connection.fetchrow(_LOCK)
    assert row is not None, "the migrations made this row"
    read["welcome_budgets", 1] = tuple(row)
    return WelcomeBudget(row["day"], row["granted_tokens"])


async def save(connection: Connection, budget: WelcomeBudget | None, read: Read) -> None:
    """Write the budget if it was taken from."""
    if budget is not None and read["welcome_budgets", 1] != (budget.day, budget.granted_tokens):
        await connection.execute(_SAVE, budget.day, budget.granted_tokens)
