"""Progress from the models: one exclusive queue of this replica, bound to the generations that somebody watches here.

A connection of its own, made again whenever it ends, each time with a queue of a new name: the broker may hold on to an
exclusive queue for a while after its connection broke. What was missed meanwhile is lost, as progress may be.
"""

import asyncio
import logging
from contextlib import suppress
from uuid import UUID, uuid4

from aio_pika.abc import AbstractConnection, AbstractIncomingMessage, AbstractQueue
from autocrea.chassis.broker import (
    BROKER_ERRORS,
    CONNECT_TIMEOUT_SECONDS,
    HEARTBEAT_SECONDS,
    cancellations_told,
    connect,
)
from autocrea.contracts.envelope import InvalidEnvelope, decode
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.message import Via, progress_key
from autocrea.contracts.topology import progress_queue
from autocrea.gateway.adapters.viewers import Viewers
from pydantic import SecretStr

RECONNECT_SECONDS = 2.0
QUEUE_MESSAGES_MAX = 5_000  # 16 MiB at a usual 3 KiB, should this process stop reading for a moment
MODELS = {StepProgressed.type: StepProgressed}
_GENERATION = "generation:"

log = logging.getLogger(__name__)


class ProgressQueue:
    """Keeps the bindings equal to what is watched and passes on what comes."""

    def __init__(self, url: SecretStr, viewers: Viewers) -> None:
        self._url = url
        self._viewers = viewers
        self.bound: frozenset[str] = frozenset()  # the streams whose progress arrives now

    async def run(self) -> None:
        """Consume until cancelled."""
        while True:
            try:
                with cancellations_told():
                    await self._connected()
            except BROKER_ERRORS as error:
                log.warning("no progress connection", extra={"reason": str(error) or type(error).__name__})
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _connected(self) -> None:
        with cancellations_told():
            connection = await connect(
                self._url,
                timeout=CONNECT_TIMEOUT_SECONDS,
                heartbeat=HEARTBEAT_SECONDS,
                client_properties={"connection_name": "autocrea-gateway.progress"},
            )
        try:
            await self._serve(connection)
        finally:
            self.bound = frozenset()
            with suppress(*BROKER_ERRORS):
                await asyncio.wait_for(connection.close(), CONNECT_TIMEOUT_SECONDS)

    async def _serve(self, connection: AbstractConnection) -> None:
        lost = asyncio.Event()

        def end(*_: object) -> None:
            lost.set()
            self._viewers.changed.set()

        connection.close_callbacks.add(end)
        channel = await connection.channel(publisher_confirms=False)
        channel.close_callbacks.add(end)
        queue = await channel.declare_queue(
            progress_queue(uuid4().hex),
            exclusive=True,
            auto_delete=True,
            arguments={"x-max-length": QUEUE_MESSAGES_MAX, "x-overflow": "drop-head"},
        )
        await queue.consume(self._receive, no_ack=True)
        while not lost.is_set():
            self._viewers.changed.clear()
            await self._bind(queue)
            await self._viewers.changed.wait()

    async def _bind(self, queue: AbstractQueue) -> None:
        """Bind what is newly watched, unbind what no longer is."""
        wanted = frozenset(s for s in self._viewers.streams() if s.startswith(_GENERATION))
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            for stream in wanted - self.bound:
                await queue.bind(Via.PROGRESS.value, _routing_key(stream))
                self.bound |= {stream}
            for stream in self.bound - wanted:
                await queue.unbind(Via.PROGRESS.value, _routing_key(stream))
                self.bound -= {stream}

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        try:
            _, data = decode(message.body, MODELS)
        except InvalidEnvelope as error:
            log.warning("progress not understood", extra={"reason": str(error)})
            return
        assert isinstance(data, StepProgressed)
        self._viewers.pass_on(GenerationId(data.generation_id), data.model_dump_json(by_alias=True))


def _routing_key(stream: str) -> str:
    return progress_key(GenerationId(UUID(stream.removeprefix(_GENERATION))))
