"""Consuming: the durable queues of one service, set up afresh on every connection, and watched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from autocrea.chassis.broker import (
    BROKER_ERRORS,
    CONNECT_TIMEOUT_SECONDS,
    Link,
    cancellations_told,
    is_open,
)
from pydantic import SecretStr

DEAD_PREFETCH = 4  # what killed its consumer before is looked at a few at a time

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to consume: a durable queue that exists already."""

    queue: str
    prefetch: int
    deliver: Callable[[AbstractIncomingMessage], Awaitable[None]]


class Subscriber(Link):
    """The consuming connection. `attached` says whether every consumer is there now.

    `able` returns once what is delivered can be handled: before, it would only wait here and spend its delivery budget.
    `on_lost` is called when the broker has taken back all that was delivered.
    """

    def __init__(
        self,
        url: str | SecretStr,
        *,
        name: str,
        marker: str,
        subscriptions: Sequence[Subscription],
        able: Callable[[], Awaitable[None]],
        on_lost: Callable[[], None],
    ) -> None:
        super().__init__(url, f"{name}.consume")
        self._marker = marker
        self._subscriptions = subscriptions
        self._able = able
        self._on_lost = on_lost
        self._active: list[tuple[AbstractChannel, str, str]] = []
        self._lost: asyncio.Event | None = None
        self._paused = False
        self.attached = False

    async def topology_is_current(self) -> bool:
        """Ask the broker for the marker exchange of the topology that this code was built with."""
        connection = self._connection
        if connection is None or not is_open(connection):
            return False
        try:
            with cancellations_told():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    # A channel of its own: a passive declare that fails closes the channel it ran on.
                    channel = await connection.channel(publisher_confirms=False)
                    await channel.declare_exchange(self._marker, passive=True)
                    await channel.close()
        except BROKER_ERRORS:
            return False
        return True

    async def stop_intake(self) -> None:
        """Cancel the consumers; deliveries already here can still be acknowledged."""
        self._paused = True
        self.attached = False
        for channel, queue_name, tag in self._active:
            try:
                with cancellations_told():
                    async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                        queue = await channel.get_queue(queue_name, ensure=False)
                        await queue.cancel(tag)
            except BROKER_ERRORS as error:
                log.warning("cancelling a consumer", extra={"queue": queue_name, "reason": str(error)})
        self._active = []

    def hand_back(self) -> None:
        """Leave the connection: the broker takes back what is unacknowledged; `run` connects again."""
        if self._lost is not None:
            self._lost.set()

    async def _serve(self, connection: AbstractConnection, lost: asyncio.Event) -> None:
        try:
            await self._able()
            self._lost = lost
            if not self._paused:
                for subscription in self._subscriptions:
                    await self._consume(connection, subscription, lost)
                self.attached = True
                log.info("consumers attached", extra={"link": self._name})
            await lost.wait()
        finally:
            self._lost = None
            self.attached = False
            self._active = []
            self._on_lost()

    async def _consume(
        self, connection: AbstractConnection, subscription: Subscription, lost: asyncio.Event
    ) -> None:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=subscription.prefetch)
        channel.close_callbacks.add(lambda *_: lost.set())
        underlay = await channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(lambda *_: lost.set())  # the broker took the queue away
        queue = await channel.get_queue(subscription.queue, ensure=False)
        tag = await queue.consume(subscription.deliver)
        self._active.append((channel, subscription.queue, tag))
