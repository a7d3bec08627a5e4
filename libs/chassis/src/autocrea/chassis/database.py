"""PostgreSQL: the pool, a transaction with its time limits, and what each of its errors means for the caller."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Any

import asyncpg
from asyncpg import exceptions as pg
from autocrea.chassis import statements, tracing
from autocrea.chassis.errors import Conflict, Unavailable
from autocrea.chassis.handlers import Connection
from autocrea.chassis.secret_files import revealed
from autocrea.chassis.statements import SYSTEM, Use
from pydantic import SecretStr

POOL_SIZE_MAX = 8  # batch, relay, runners and workers, a few HTTP requests; PostgreSQL allows 100 by default
LOCK_TIMEOUT_MS = 2_000
"""A lock held longer than any healthy batch takes: run again rather than queue up behind it."""
STATEMENT_TIMEOUT_MS = 30_000  # nothing a service runs takes this long; a statement that does is stuck
IDLE_TIMEOUT_MS = (
    10_000  # nothing waits inside a transaction but for the database; this one's process is frozen
)
ANSWER_TIMEOUT_SECONDS = 35.0  # above the statement's own: a server that is gone without a word never answers
CONNECT_TIMEOUT_SECONDS = 5.0
ACQUIRE_TIMEOUT_SECONDS = 10.0
ASK_AGAIN_SECONDS = 1.0
TRANSACTION, CONNECTION = "postgresql.transaction", "postgresql.connection"


class Trouble(Enum):
    """What an exception inside a transaction calls for."""

    UNAVAILABLE = auto()  # the database is away: wait, then run everything again
    CONFLICT = auto()  # a lost race: run everything again at once
    BUG = auto()  # the same input fails the same way: find the culprit one by one


_UNAVAILABLE = (
    Unavailable,
    ConnectionError,
    TimeoutError,
    socket.gaierror,  # not every OSError: a missing file is a bug, not an outage
    pg.PostgresConnectionError,
    pg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg 0.32 says it between the server's goodbye and the connection's end
    pg.CannotConnectNowError,
    pg.InvalidAuthorizationSpecificationError,  # a password is being changed: here, or there, is still the other one
    pg.AdminShutdownError,
    pg.CrashShutdownError,
    pg.TooManyConnectionsError,
    pg.InsufficientResourcesError,
    pg.PostgresSystemError,  # its disk or its operating system failed it
    pg.ReadOnlySQLTransactionError,
    pg.QueryCanceledError,  # a statement took longer than it may: the database is overwhelmed
)
_CONFLICT = (
    Conflict,
    pg.DeadlockDetectedError,
    pg.SerializationError,
    pg.LockNotAvailableError,
    pg.UniqueViolationError,
    pg.InvalidCachedStatementError,  # a migration ran meanwhile; asyncpg prepares the statement anew
)
LOCKED_OUT = (pg.LockNotAvailableError, pg.DeadlockDetectedError, pg.SerializationError)
"""Conflicts that are somebody else's doing, however often they recur: a frozen process, a migration at work."""


def classify(error: BaseException) -> Trouble:
    """Say which family of trouble an exception raised in or around a transaction belongs to."""
    if isinstance(error, _CONFLICT):
        return Trouble.CONFLICT
    if isinstance(error, pg.InterfaceError) and not _is_lost_connection(error):
        return Trouble.BUG
    if isinstance(error, _UNAVAILABLE):
        return Trouble.UNAVAILABLE
    return Trouble.BUG


def _is_lost_connection(error: pg.InterfaceError) -> bool:
    # asyncpg raises one class for "the connection is gone" and for a wrong argument of ours: only the words differ.
    text = str(error)
    return any(word in text for word in ("closed", "closing", "released", "connection is lost"))


class Database:
    """The service's pool. Every connection has the time limits set and reads and writes jsonb as Python values."""

    def __init__(self, url: str | SecretStr, *, name: str, size_max: int = POOL_SIZE_MAX) -> None:
        """A `url` with a password that changes is asked for its value at each new connection."""
        self._url = url
        self._name = name
        self._size_max = size_max
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Connect; raises `Unavailable` while the database does not answer."""
        try:
            self._pool = await asyncpg.create_pool(
                connect=self._connect,
                min_size=1,
                max_size=self._size_max,
                timeout=CONNECT_TIMEOUT_SECONDS,
                command_timeout=ANSWER_TIMEOUT_SECONDS,
                init=_init_connection,
                connection_class=_Connection,
                server_settings={
                    "application_name": f"autocrea-{self._name}",
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": str(IDLE_TIMEOUT_MS),
                },
            )
        except (*_UNAVAILABLE, OSError) as error:
            raise Unavailable(f"the database does not answer ({error})") from error

    async def _connect(self, *_dsn: object, **options: Any) -> asyncpg.Connection:
        return await connect(self._url, **options)

    async def close(self) -> None:
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), ACQUIRE_TIMEOUT_SECONDS)
            except TimeoutError:
                self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for single statements; raises `Unavailable` when none can be had, and when it gets lost."""
        with statements.used(tracing.below(CONNECTION, SYSTEM)) as use:
            async with self._held(use) as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self, waiting: Collection[str | None] = ()) -> AsyncIterator[Connection]:
        """A transaction; commits at the end of the block, rolls back when it raises.

        `waiting` are the traces of the messages that are handled in it; without, it is in the current one.
        """
        own = tracing.below_each(TRANSACTION, waiting, SYSTEM)
        with statements.used(own if waiting else tracing.below(TRANSACTION, SYSTEM)) as use:
            async with self._held(use) as connection, connection.transaction():
                yield connection

    @asynccontextmanager
    async def _held(self, use: Use) -> AsyncIterator[Connection]:
        if self._pool is None:
            raise Unavailable("the database was not reached yet")
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS)
        except (*_UNAVAILABLE, OSError) as error:
            raise Unavailable(f"the database does not answer ({error})") from error
        try:
            connection.add_query_logger(use)
            try:
                yield connection
            finally:
                with suppress(pg.InterfaceError):  # a lost connection has left the pool by itself
                    connection.remove_query_logger(use)
                # A lost connection may fail to reset; it is replaced by the pool either way. asyncpg 0.32 trips
                # when the loss is noticed between its release's two steps: it is released then.
                with suppress(asyncpg.InternalClientError):
                    await asyncio.shield(self._pool.release(connection))
        except Exception as error:
            if isinstance(error, Unavailable) or classify(error) is not Trouble.UNAVAILABLE:
                raise
            raise Unavailable(f"the database does not answer ({error})") from error

    async def ping(self) -> None:
        """Raise `Unavailable` unless the database answers."""
        async with self.connection() as connection:
            await connection.execute("SELECT 1", timeout=CONNECT_TIMEOUT_SECONDS)

    async def wait_for_answer(self) -> None:
        """Return once the database answers."""
        while True:
            try:
                return await self.ping()
            except Unavailable:
                await asyncio.sleep(ASK_AGAIN_SECONDS)


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """One list per column, as `unnest` takes them; `width` lists also when there is no row."""
    return [[row[column] for row in rows] for column in range(width)]


async def connect(url: str | SecretStr, **options: Any) -> asyncpg.Connection:
    """A connection as the URL says now; one that says nothing usable is `Unavailable` like a server that is away."""
    try:
        return await asyncpg.connect(revealed(url), **options)
    except ValueError as error:  # its words may quote the URL
        raise Unavailable(f"the database's URL cannot be used ({type(error).__name__})") from None


class _Connection(asyncpg.Connection):
    """A connection that goes back to the pool as it is: nothing here leaves session state behind (settings are LOCAL,
    advisory locks end with their transaction, listening has a connection of its own), and undoing none costs a round
    trip each time. A transaction that was left open is still rolled back."""

    def get_reset_query(self) -> str:
        return ""


async def _init_connection(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_dumps, decoder=json.loads, format="text"
    )


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
