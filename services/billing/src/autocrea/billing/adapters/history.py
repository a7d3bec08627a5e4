"""The history stream, read for what was told of the ledger: its witness outside of this database."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Final, cast, get_args

from aio_pika.abc import AbstractIncomingMessage
from autocrea.billing.domain.reconciliation import Told, Witness
from autocrea.chassis.broker import BROKER_ERRORS, CONNECT_TIMEOUT_SECONDS, HEARTBEAT_SECONDS, connect
from autocrea.chassis.errors import Unavailable
from autocrea.contracts.envelope import decode
from autocrea.contracts.message import Message
from autocrea.contracts.topology import HISTORY
from pydantic import SecretStr

PREFETCH: Final = 500  # a stream wants one; 500 events are 32 MiB at the very most
SILENCE_SECONDS: Final = 2.0
"""A stream has no end. It is read when its messages are as new as this reading, or none came for so long."""
FIRST_SECONDS: Final = 10.0
"""The same for the first one: a busy broker looks for the place a while, and its silence would look like no facts."""
FACTS_AT_ONCE: Final = 5_000  # compared and forgotten: what is held does not grow with the history
MODELS: Final[dict[str, type[Message]]] = {model.type: model for model in get_args(Witness)}


class HistoryStream:
    """Reads with a connection of its own, which ends with the reading."""

    def __init__(self, url: SecretStr) -> None:
        self._url = url

    async def told(self, since: datetime) -> AsyncGenerator[Told, None]:
        """Everything told since then, up to now, some thousand facts at a time. Raises Unavailable."""
        told, facts, started = Told(), 0, datetime.now(UTC)
        try:
            async with contextlib.aclosing(self._bodies(since)) as bodies:
                async for body in bodies:
                    envelope, message = decode(body, MODELS)
                    told.add(cast("Witness", message))
                    facts += 1
                    if facts == FACTS_AT_ONCE:
                        yield told
                        told, facts = Told(), 0
                    if envelope.time > started:
                        break
        except BROKER_ERRORS as error:
            raise Unavailable(f"the history cannot be read ({error or type(error).__name__})") from error
        yield told

    async def _bodies(self, since: datetime) -> AsyncGenerator[bytes, None]:
        connection = await connect(
            self._url,
            timeout=CONNECT_TIMEOUT_SECONDS,
            heartbeat=HEARTBEAT_SECONDS,
            client_properties={"connection_name": "autocrea-billing.history"},
        )
        try:
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(HISTORY, ensure=False)
            waiting: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
            await queue.consume(waiting.put, arguments={"x-stream-offset": since})
            patience_seconds = FIRST_SECONDS
            while True:
                try:
                    async with asyncio.timeout(patience_seconds):
                        message = await waiting.get()
                except TimeoutError:
                    return
                patience_seconds = SILENCE_SECONDS
                await message.ack()
                if message.type in MODELS:
                    yield message.body
        finally:
            with contextlib.suppress(*BROKER_ERRORS):
                await asyncio.wait_for(connection.close(), CONNECT_TIMEOUT_SECONDS)
