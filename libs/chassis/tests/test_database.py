"""What an exception in a transaction calls for, and what is seen of a database that is not there."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import pytest
from asyncpg import exceptions as pg
from autocrea.chassis import database as databases
from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.errors import Conflict, Refused, Unavailable
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.stage import SAMPLE
from pydantic import SecretStr


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (ConnectionRefusedError(), Trouble.UNAVAILABLE),
        (TimeoutError(), Trouble.UNAVAILABLE),
        (Unavailable("the database"), Trouble.UNAVAILABLE),
        (pg.AdminShutdownError("restart"), Trouble.UNAVAILABLE),
        (asyncpg.InterfaceError("connection is closed"), Trouble.UNAVAILABLE),
        (pg.QueryCanceledError("statement timeout"), Trouble.UNAVAILABLE),
        (pg.DiskFullError("no space left on device"), Trouble.UNAVAILABLE),
        (pg.PostgresIOError("could not read block 7"), Trouble.UNAVAILABLE),
        (pg.DeadlockDetectedError("deadlock"), Trouble.CONFLICT),
        (pg.LockNotAvailableError("lock timeout"), Trouble.CONFLICT),
        (pg.UniqueViolationError("a lost race"), Trouble.CONFLICT),
        (pg.InvalidCachedStatementError("a migration"), Trouble.CONFLICT),
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


@pytest.mark.parametrize(
    "half",
    ["postgr", "postgresql://billing:a-sec", "postgresql://u:a-sec@127.0.0.1:1/b?sslmode=verify-full&ssl"],
)
async def test_opening_says_unavailable_when_only_half_of_a_changed_url_is_there(half: str) -> None:
    with pytest.raises(Unavailable, match="cannot be used") as told:
        await Database(SecretStr(half), name="test").open()
    assert "a-sec" not in str(told.value)


async def test_what_waits_is_told_unavailable_when_the_database_goes_silent(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that is gone closes no connection: only our own patience ends the wait."""
    monkeypatch.setattr(databases, "ANSWER_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(databases, "ACQUIRE_TIMEOUT_SECONDS", 0.5)
    url = await make_database(SAMPLE)
    port = urlsplit(url).port or 0
    async with TcpProxy("127.0.0.1", port) as proxy:
        database = Database(url.replace(f":{port}/", f":{proxy.port}/"), name="test", size_max=1)
        await database.open()
        proxy.freeze()
        with pytest.raises(Unavailable):
            async with asyncio.timeout(10), database.transaction() as connection:
                await connection.execute("SELECT 1")
        proxy.freeze(False)
        async with asyncio.timeout(10):
            await database.wait_for_answer()
        await database.close()


async def test_a_statement_is_told_unavailable_when_its_connection_is_closed(
    make_database: MakeDatabase,
) -> None:
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    with pytest.raises(Unavailable):
        async with database.connection() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(pg.UndefinedTableError):
        async with database.connection() as connection:
            await connection.execute("SELECT * FROM nothing")
    await database.close()


async def test_the_pool_lives_on_when_a_connection_is_lost_while_it_is_given_back(
    make_database: MakeDatabase,
) -> None:
    database = Database(await make_database(SAMPLE), name="test", size_max=1)
    await database.open()
    async with database.connection() as connection:
        soon = asyncio.get_running_loop().call_soon
        soon(soon, connection.terminate)  # between the two steps of the release
    await database.ping()
    await database.close()


@pytest.mark.parametrize(
    "error", [Refused("no", "a business no"), KeyError("a bug"), asyncio.CancelledError()]
)
async def test_what_ended_the_use_of_a_connection_is_told_when_the_connection_is_lost_as_well(
    make_database: MakeDatabase, error: BaseException
) -> None:
    """A cancellation above all: whoever took it for an outage would go on."""
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    with pytest.raises(type(error)):
        await _fail_without_connection(database, error)
    await database.close()


async def _fail_without_connection(database: Database, error: BaseException) -> None:
    async with database.connection() as connection:
        connection.terminate()
        raise error


async def test_nothing_is_told_when_a_connection_is_lost_after_the_commit(
    make_database: MakeDatabase,
) -> None:
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    async with database.connection() as connection:
        async with connection.transaction():
            await connection.execute("SELECT 1")
        connection.terminate()
    await database.close()


async def test_a_statement_is_told_unavailable_when_the_server_has_said_goodbye_and_not_closed_yet(
    make_database: MakeDatabase,
) -> None:
    database = Database(await make_database(SAMPLE), name="test", size_max=1)
    await database.open()
    with pytest.raises(Unavailable):
        await _ask_after_the_goodbye(database)
    await database.close()


async def _ask_after_the_goodbye(database: Database) -> None:
    said = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
    async with database.connection() as connection:
        connection._con._protocol.data_received(b"E" + (len(said) + 4).to_bytes(4) + said)
        await connection.execute("SELECT 1")
