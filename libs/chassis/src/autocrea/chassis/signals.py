"""Wake-ups over LISTEN/NOTIFY: a hint to look now. Listeners also look from time to time: a lost one costs a wait."""

import asyncio
import logging
from collections.abc import Callable, Iterable

import asyncpg
from autocrea.chassis.database import connect
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.handlers import Connection, Signal
from pydantic import SecretStr

RECONNECT_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 10.0  # a connection that died silently is noticed this soon

_NOTIFY = "SELECT pg_notify(s.channel, s.payload) FROM unnest($1::text[], $2::text[]) AS s (channel, payload)"

log = logging.getLogger(__name__)


async def emit(connection: Connection, signals: Iterable[Signal]) -> None:
    """Send at commit, each different signal once."""
    unique = list(dict.fromkeys(signals))
    if unique:
        await connection.execute(_NOTIFY, [s.channel for s in unique], [s.payload for s in unique])


class Listener:
    """One connection that listens for the whole process and calls back; reconnects for ever.

    After a reconnect every callback runs with an empty payload: something may have been missed.
    """

    def __init__(self, url: str | SecretStr) -> None:
        self._url = url
        self._callbacks: dict[str, list[Callable[[str], None]]] = {}

    def on(self, channel: str, callback: Callable[[str], None]) -> None:
        """Register before `run` starts. The callback must not block."""
        self._callbacks.setdefault(channel, []).append(callback)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (
                TimeoutError,
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                Unavailable,
            ) as error:
                log.warning("listening interrupted", extra={"reason": str(error)})
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await connect(self._url, timeout=5)
        try:
            for channel in self._callbacks:
                await connection.add_listener(channel, self._received)
            for callbacks in self._callbacks.values():
                for callback in callbacks:
                    callback("")
            while True:
                await asyncio.sleep(KEEP_ALIVE_SECONDS)
                await connection.execute("SELECT 1", timeout=KEEP_ALIVE_SECONDS)
        finally:
            connection.terminate()

    def _received(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for callback in self._callbacks.get(channel, ()):
            callback(str(payload))
