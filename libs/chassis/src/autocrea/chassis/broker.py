"""The two connections to RabbitMQ: one publishes, one consumes and never publishes. Both reconnect for ever.

They are kept apart because an alarm blocks connections that publish: consuming, acknowledging and readiness go on.
Reconnecting is a loop of ours over plain connections: after each connect everything is set up afresh, so a consumer
that is gone while its connection looks healthy cannot happen unnoticed.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

CONNECT_TIMEOUT_SECONDS = 5.0
RECONNECT_SECONDS_MIN = 0.2
RECONNECT_SECONDS_MAX = 3.0
HEARTBEAT_SECONDS = 15  # a peer that vanished without a word is noticed within two of these
PUBLISH_TIMEOUT_SECONDS = (
    5.0  # waiting for a confirm has no bound of its own, nor has waiting for an alarm to end
)
PUBLISH_WINDOW = (
    128  # confirms awaited at once: enough to hide the round trip, little enough to bound what is unsure
)
STALL_SECONDS = (
    1.0  # after a publish timed out (an alarm, say) the fast path is skipped this long; the relay sends later
)
DEAD_PREFETCH = 4

BROKER_ERRORS = (AMQPError, OSError, asyncio.TimeoutError, RuntimeError)

log = logging.getLogger(__name__)


class Publishable(Protocol):
    """What a message needs to be published; the outbox' rows have it."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def exchange(self) -> str: ...
    @property
    def routing_key(self) -> str: ...
    @property
    def correlation_id(self) -> str: ...
    @property
    def body(self) -> bytes: ...


class _Link:
    """A connection that is made again whenever it ends, until the process stops."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: AbstractConnection | None = None
        self._up = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether a connection is open now."""
        return _is_open(self._connection)

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
                await self._connected()
                pause = RECONNECT_SECONDS_MIN
            except BROKER_ERRORS as error:
                reason = str(error) or type(error).__name__
                log.warning("no broker connection", extra={"link": self._name, "reason": reason})
                pause = min(pause * 2, RECONNECT_SECONDS_MAX)
            await asyncio.sleep(pause)

    async def _connected(self) -> None:
        connection = await aio_pika.connect(
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


class Publisher(_Link):
    """The publishing connection. Each of its users has a channel of its own: one mistake closes only one."""

    def __init__(self, url: str, *, name: str) -> None:
        super().__init__(url, f"{name}.publish")
        self._channels: dict[str, AbstractChannel] = {}
        self._stalled_until = 0.0

    async def publish(self, messages: Sequence[Publishable], *, channel: str = "fast") -> set[UUID]:
        """Publish persistently and return the ids that the broker confirmed. Never raises for the broker's sake.

        What is missing from the answer may have been stored all the same: sending it again is a duplicate by id.
        """
        confirmed: set[UUID] = set()
        if channel == "fast" and time.monotonic() < self._stalled_until:
            return confirmed
        for start in range(0, len(messages), PUBLISH_WINDOW):
            window = messages[start : start + PUBLISH_WINDOW]
            try:
                async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                    opened = await self._channel(channel)
                    await asyncio.gather(*(self._publish_one(opened, m, confirmed) for m in window))
            except BROKER_ERRORS as error:
                if isinstance(error, TimeoutError):
                    self._stalled_until = time.monotonic() + STALL_SECONDS
                reason = str(error) or type(error).__name__
                log.warning("publishing interrupted", extra={"channel": channel, "reason": reason})
                return confirmed
        return confirmed

    async def publish_transient(self, message: Publishable) -> bool:
        """Publish without persistence or mandate: for progress, which may get lost. Says whether it was sent."""
        try:
            async with asyncio.timeout(STALL_SECONDS):
                opened = await self._channel("transient")
                exchange = await opened.get_exchange(message.exchange, ensure=False)
                await exchange.publish(
                    _to_amqp(message, persistent=False), message.routing_key, mandatory=False
                )
        except BROKER_ERRORS as error:
            log.debug("progress not sent", extra={"reason": str(error)})
            return False
        return True

    async def _publish_one(
        self, channel: AbstractChannel, message: Publishable, confirmed: set[UUID]
    ) -> None:
        exchange = await channel.get_exchange(message.exchange, ensure=False)
        try:
            await exchange.publish(_to_amqp(message, persistent=True), message.routing_key, mandatory=True)
        except (aio_pika.exceptions.PublishError, aio_pika.exceptions.DeliveryError) as error:
            # Returned (nobody is bound) or nacked: the row stays unsent and the relay tries again.
            log.error(
                "message not accepted",
                extra={"type": message.type, "id": str(message.id), "reason": str(error)},
            )
            return
        confirmed.add(message.id)

    async def _channel(self, name: str) -> AbstractChannel:
        connection = self._connection
        if connection is None or not _is_open(connection):
            raise ConnectionError("not connected to the broker")
        channel = self._channels.get(name)
        if channel is None or channel.is_closed:
            confirms = name != "transient"
            channel = await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
            self._channels[name] = channel
        return channel

    async def _serve(self, connection: AbstractConnection, lost: asyncio.Event) -> None:
        self._channels.clear()
        await super()._serve(connection, lost)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to consume: a durable queue that exists already."""

    queue: str
    prefetch: int
    deliver: Callable[[AbstractIncomingMessage], Awaitable[None]]


class Subscriber(_Link):
    """The consuming connection. `attached` says whether every consumer is there now."""

    def __init__(self, url: str, *, name: str, marker: str, subscriptions: Sequence[Subscription]) -> None:
        super().__init__(url, f"{name}.consume")
        self._marker = marker
        self._subscriptions = subscriptions
        self._active: list[tuple[AbstractChannel, str, str]] = []
        self._paused = False
        self.attached = False

    async def topology_is_current(self) -> bool:
        """Ask the broker for the marker exchange of the topology that this code was built with."""
        connection = self._connection
        if connection is None or not _is_open(connection):
            return False
        try:
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
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    queue = await channel.get_queue(queue_name, ensure=False)
                    await queue.cancel(tag)
            except BROKER_ERRORS as error:
                log.warning("cancelling a consumer", extra={"queue": queue_name, "reason": str(error)})
        self._active = []

    async def hand_back(self) -> None:
        """Close the connection: the broker takes back what is unacknowledged; `run` connects again."""
        if self._connection is not None:
            await self._connection.close()

    async def _serve(self, connection: AbstractConnection, lost: asyncio.Event) -> None:
        try:
            if not self._paused:
                for subscription in self._subscriptions:
                    await self._consume(connection, subscription, lost)
                self.attached = True
                log.info("consumers attached", extra={"link": self._name})
            await lost.wait()
        finally:
            self.attached = False
            self._active = []

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


def _is_open(connection: AbstractConnection | None) -> bool:
    # aio-pika's `is_closed` and `closed()` know only of closing it ourselves; `connected` also of losing it.
    return connection is not None and connection.connected.is_set()


def _to_amqp(message: Publishable, *, persistent: bool) -> aio_pika.Message:
    mode = aio_pika.DeliveryMode.PERSISTENT if persistent else aio_pika.DeliveryMode.NOT_PERSISTENT
    return aio_pika.Message(
        message.body,
        content_type="application/cloudevents+json",
        delivery_mode=mode,
        message_id=str(message.id),
        type=message.type,
        correlation_id=message.correlation_id,
    )
