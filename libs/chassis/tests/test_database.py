"""What an exception in a transaction calls for."""

import asyncpg
import pytest
from asyncpg import exceptions as pg
from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.errors import Conflict, Unavailable


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (ConnectionRefusedError(), Trouble.UNAVAILABLE),
        (TimeoutError(), Trouble.UNAVAILABLE),
        (Unavailable("the database"), Trouble.UNAVAILABLE),
        (pg.AdminShutdownError("restart"), Trouble.UNAVAILABLE),
        (asyncpg.InterfaceError("connection is closed"), Trouble.UNAVAILABLE),
        (pg.DeadlockDetectedError("deadlock"), Trouble.CONFLICT),
        (pg.LockNotAvailableError("lock timeout"), Trouble.CONFLICT),
        (pg.UniqueViolationError("a lost race"), Trouble.CONFLICT),
        (Conflict("stale version"), Trouble.CONFLICT),
        (FileNotFoundError("a template"), Trouble.BUG),
        (asyncpg.InterfaceError("the server expects 2 arguments"), Trouble.BUG),
        (pg.CheckViolationError("accounts_never_below_zero"), Trouble.BUG),
        (ValueError("anything else"), Trouble.BUG),
    ],
)
def test_the_family_is_told_when_a_transaction_fails(error: Exception, trouble: Trouble) -> None:
    assert classify(error) is trouble


async def test_opening_says_unavailable_when_nothing_listens() -> None:
    database = Database("postgresql://nobody:secret@127.0.0.1:1/none", name="test")
    with pytest.raises(Unavailable) as raised:
        await database.open()
    assert "secret" not in str(raised.value)
