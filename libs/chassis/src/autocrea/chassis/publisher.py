"""Publishing: confirmed and persistent for what must arrive, transient for progress. Never raises for the broker."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from autocrea.chassis.broker import (
    BROKER_ERRORS,
    RECONNECT_SECONDS_MAX,
    Link,
    cancellations_told,
    is_open,
)
from autocrea.chassis.metrics import PUBLISH_SECONDS
from pydantic import SecretStr

PUBLISH_TIMEOUT_SECONDS = 5.0
"""Waiting for a confirm has no bound of its own, nor has waiting for an alarm to end."""
PUBLISH_WINDOW = 128
"""Confirms awaited at once: enough to hide the round trip, little enough to bound what is unsure."""
STALL_SECONDS = 1.0
"""After a publish timed out (an alarm, say) the fast path is skipped this long: the relay sends."""
CONNECTING_SECONDS = RECONNECT_SECONDS_MAX + 0.5
"""The consuming connection may be back before this one: what it brings waits for it, the relay would take six."""
INTERRUPTED = "interrupted"

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


class Publisher(Link):
    """The publishing connection. Each of its users has a channel of its own: one mistake closes only one."""

    def __init__(self, url: str | SecretStr, *, name: str) -> None:
        super().__init__(url, f"{name}.publish")
        self._channels: dict[str, AbstractChannel] = {}
        self._opening = asyncio.Lock()  # else all who wait for a new connection would open a channel each
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
            began, opened = time.monotonic(), None
            try:
                with cancellations_told():
                    async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                        opened = await self._channel(channel)
                        await asyncio.gather(
                            *(self._publish_one(opened, channel, m, confirmed) for m in window)
                        )
            except BROKER_ERRORS as error:
                for _ in window if opened is None else ():
                    PUBLISH_SECONDS.labels(channel, INTERRUPTED).observe(time.monotonic() - began)
                if isinstance(error, TimeoutError | ConnectionError):
                    self._stalled_until = time.monotonic() + STALL_SECONDS
                reason = str(error) or type(error).__name__
                log.warning("publishing interrupted", extra={"channel": channel, "reason": reason})
                return confirmed
        return confirmed

    async def publish_transient(self, message: Publishable) -> bool:
        """Publish without persistence or mandate: for progress, which may get lost. Says whether it was sent."""
        try:
            with cancellations_told():
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
        self, channel: AbstractChannel, name: str, message: Publishable, confirmed: set[UUID]
    ) -> None:
        exchange = await channel.get_exchange(message.exchange, ensure=False)
        began, outcome = time.monotonic(), INTERRUPTED
        try:
            await exchange.publish(_to_amqp(message, persistent=True), message.routing_key, mandatory=True)
        except (aio_pika.exceptions.PublishError, aio_pika.exceptions.DeliveryError) as error:
            # Returned (nobody is bound) or nacked: the row stays unsent and the relay tries again.
            outcome = "refused"
            log.error(
                "message not accepted",
                extra={"type": message.type, "id": str(message.id), "reason": str(error)},
            )
        else:
            outcome = "confirmed"
            confirmed.add(message.id)
        finally:
            PUBLISH_SECONDS.labels(name, outcome).observe(time.monotonic() - began)

    async def _channel(self, name: str) -> AbstractChannel:
        confirms = name != "transient"
        if confirms:
            await self.wait_connected(CONNECTING_SECONDS)
        connection = self._connection
        if connection is None or not is_open(connection):
            raise ConnectionError("not connected to the broker")
        async with self._opening:
            channel = self._channels.get(name)
            if channel is None or channel.is_closed:
                channel = await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                self._channels[name] = channel
        return channel

    async def _serve(self, connection: AbstractConnection, lost: asyncio.Event) -> None:
        self._channels.clear()
        await super()._serve(connection, lost)


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
