"""The two connections to RabbitMQ: one publishes, one consumes and never publishes. Both reconnect for ever.

They are kept apart because an alarm blocks connections that publish: consuming, acknowledging and readiness go on.
Reconnecting is a loop of ours over plain connections: after each connect everything is set up afresh, so a consumer
that is gone while its connection looks healthy cannot happen unnoticed.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError
from autocrea.chassis.secret_files import revealed
from pydantic import SecretStr

CONNECT_TIMEOUT_SECONDS = 5.0
RECONNECT_SECONDS_MIN = 0.2
RECONNECT_SECONDS_MAX = 1.0  # a service is this late at most when its broker comes back
HEARTBEAT_SECONDS = 15  # a peer that vanished without a word is noticed within two of these

BROKER_ERRORS = (AMQPError, OSError, TimeoutError, RuntimeError)
"""What the client library raises when the broker, the connection or a channel is gone; some are plain RuntimeErrors."""

log = logging.getLogger(__name__)


class Link:
    """A connection that is made again whenever it ends, until the process stops; each time as the URL then says."""

    def __init__(self, url: str | SecretStr, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: AbstractConnection | None = None
        self._up = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether a connection is open now."""
        return is_open(self._connection)

    async def wait_connected(self, timeout_seconds: float) -> bool:
        """Wait for a connection, but no longer than this; says whether there is one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._up.wait()
        return self.connected

    async def run(self) -> None:
        """Keep connected until cancelled."""
        pause = RECONNECT_SECONDS_MIN
        while True:
            try:
                with cancellations_told():
                    await self._connected()
                pause = RECONNECT_SECONDS_MIN
            except BROKER_ERRORS as error:
                reason = str(error) or type(error).__name__
                log.warning("no broker connection", extra={"link": self._name, "reason": reason})
                pause = min(pause * 2, RECONNECT_SECONDS_MAX)
            await asyncio.sleep(pause)

    async def _connected(self) -> None:
        with cancellations_told():
            connection = await connect(
                self._url,
                timeout=CONNECT_TIMEOUT_SECONDS,
                heartbeat=HEARTBEAT_SECONDS,
                client_properties={"connection_name": self._name},
            )
        lost = asyncio.Event()
        connection.close_callbacks.add(lambda *_: lost.set())
        try:
            self._connection = connection
            self._up.set()
            await self._serve(connection, lost)
        finally:
            self._up.clear()
            self._connection = None
            try:
                await asyncio.wait_for(connection.close(), CONNECT_TIMEOUT_SECONDS)
            except BROKER_ERRORS as error:
                log.debug("closing a connection", extra={"link": self._name, "reason": str(error)})

    async def _serve(self, connection: AbstractConnection, lost: asyncio.Event) -> None:  # noqa: ARG002
        await lost.wait()


async def connect(url: str | SecretStr, **options: Any) -> AbstractConnection:
    """A connection as the URL says now; one that says nothing usable is told like a broker that is away."""
    try:
        connection: AbstractConnection = await aio_pika.connect(revealed(url), **options)
    except ValueError as error:  # its words may quote the URL
        raise ConnectionError(f"the broker's URL cannot be used ({type(error).__name__})") from None
    return connection


@contextlib.contextmanager
def cancellations_told() -> Iterator[None]:
    """Let through exactly the cancellations that somebody of ours asked for.

    The client library cancels whoever waits for a connection that went silent. Let through, that ends a task of ours
    without a word: a relay sends no more, deliveries stay unacknowledged. Here it is a `ConnectionError`. And while it
    connects, the library may lose a cancellation of ours: a process that was told to stop would never end.
    """
    task = asyncio.current_task()
    assert task is not None, "the broker is spoken to from tasks"
    try:
        yield
    except asyncio.CancelledError as error:
        if task.cancelling():
            raise
        raise ConnectionError("the connection went silent") from error
    except BROKER_ERRORS as error:
        if task.cancelling():
            raise asyncio.CancelledError from error
        raise
    if task.cancelling():
        raise asyncio.CancelledError


def is_open(connection: AbstractConnection | None) -> bool:
    # aio-pika's `is_closed` and `closed()` know only of closing it ourselves; `connected` also of losing it.
    return connection is not None and connection.connected.is_set()
