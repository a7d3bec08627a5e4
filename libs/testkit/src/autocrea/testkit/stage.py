"""The sample service with a broker and a database of its own, as one thing to hold in a test."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from aio_pika.abc import AbstractIncomingMessage
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.envelope import Sealed, seal
from autocrea.contracts.ids import GenerationId, StepName, UserId
from autocrea.testkit.downtime import let_time_pass
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually

SAMPLE = "autocrea.testkit.sample"
CONNECTIONS = 2


def reserve(user: str = "ada", *, generation: UUID | None = None, slow: bool = False) -> Sealed:
    """A command for the sample."""
    caps = {StepName("slow" if slow else "quick"): 5}
    message = ReserveTokens(
        generation_id=GenerationId(generation or uuid4()),
        run=1,
        user_id=UserId(user),
        email_verified=True,
        caps=caps,
        rate_card_version="1",
    )
    return seal(message, source="orchestrator", time=datetime.now(UTC))


def settle(generation: UUID) -> Sealed:
    """The command that takes the sample's work away."""
    message = SettleTokens(
        generation_id=GenerationId(generation),
        run=1,
        user_id=UserId("ada"),
        outcome="cancelled",
        fault=None,
        charges={},
        absorbed_tokens=0,
    )
    return seal(message, source="orchestrator", time=datetime.now(UTC))


@dataclass
class Stage:
    """Everything a test of the chassis needs."""

    vhost: Vhost
    database_url: str
    folder: Path

    def service(
        self, *, broker_url: str | None = None, database_url: str | None = None, **extra: str
    ) -> ServiceProcess:
        """A process of the sample, not started yet."""
        port = free_port()
        environment = {
            "AUTOCREA_BILLING_DATABASE_URL": database_url or self.database_url,
            "AUTOCREA_BILLING_BROKER_URL": broker_url or self.vhost.url("billing"),
            "AUTOCREA_BILLING_HTTP_PORT": str(port),
            "AUTOCREA_BILLING_OPERATOR_TOKEN": "operator",
            **extra,
        }
        return ForkedProcess(SAMPLE, environment, port=port, log=self.folder / f"sample-{port}.log")

    async def publish(self, *messages: Sealed) -> None:
        """Publish as the orchestrator does, confirmed."""
        publisher = Publisher(self.vhost.url("orchestrator"), name="test")
        link = asyncio.create_task(publisher.run())
        try:
            await eventually(lambda: publisher.connected)
            confirmed = await publisher.publish(messages)
            assert confirmed == {message.id for message in messages}
        finally:
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)

    async def publish_raw(self, routing_key: str, body: bytes) -> None:
        """Publish bytes that are no message of ours."""
        connection = await aio_pika.connect(self.vhost.url("orchestrator"))
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("autocrea.commands", ensure=False)
            await exchange.publish(aio_pika.Message(body), routing_key)

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Ask the sample's database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def counts(self) -> dict[UUID, tuple[int, int, int, int]]:
        """Per generation: reserved, worked, reminded, failed."""
        rows = await self.fetch("SELECT generation_id, reserved, worked, reminded, failed FROM runs")
        return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}

    async def all_done(self, count: int, *, besides: int = 0, timeout_seconds: float = 60) -> None:
        """Wait until `count` runs were reserved, worked and reminded exactly once, and the inbox is empty.

        `besides` is how many further runs there may be. Fails at once when an effect happened twice.
        """

        async def settled() -> bool:
            counts = await self.counts()
            assert all(max(count) <= 1 for count in counts.values()), f"an effect happened twice: {counts}"
            done = sum(count == (1, 1, 1, 0) for count in counts.values())
            return (
                done == count and len(counts) <= count + besides and await self.in_queue("billing.inbox") == 0
            )

        await eventually(settled, timeout_seconds=timeout_seconds, what=f"{count} runs are done")

    async def inbox_is_empty(self) -> None:
        """Wait until every message to the sample is acknowledged."""

        async def empty() -> bool:
            return await self.in_queue("billing.inbox") == 0

        await eventually(empty, what="the inbox is empty")

    async def let_time_pass(self, seconds: float = 60.0) -> None:
        """As if nobody had worked for the sample this long."""
        await let_time_pass(self.database_url, seconds)

    async def outbox_is_sent(self, *, soon: bool = False) -> None:
        """Wait until every outgoing message is marked as sent.

        `soon`: without the relay's patience for what the fast path may still be sending. For when all is done: the
        leases of work that runs would end as well.
        """
        if soon:
            await self.let_time_pass()

        async def sent() -> bool:
            return await self.fetch("SELECT 1 FROM outbox WHERE sent_at IS NULL LIMIT 1") == []

        await eventually(sent, what="the outbox is sent")

    async def replies(self) -> list[dict[str, Any]]:
        """Every envelope that lies in the orchestrator's inbox; they stay there."""
        return [json.loads(body) for body in await self.bodies()]

    async def bodies(self) -> list[bytes]:
        """The raw bodies in the orchestrator's inbox; they stay there."""
        connection = await aio_pika.connect(self.vhost.url("orchestrator"))
        async with connection:
            channel = await connection.channel()
            queue = await channel.get_queue("orchestrator.inbox", ensure=False)
            found = []
            while (message := await queue.get(fail=False)) is not None:
                found.append(message.body)
            return found  # closing the connection puts them back

    async def raw_messages(self, queue: str) -> list[AbstractIncomingMessage]:
        """What a queue holds, as the broker would deliver it; it stays there."""
        connection = await aio_pika.connect(self.vhost.admin_url)
        async with connection:
            channel = await connection.channel()
            source = await channel.get_queue(queue, ensure=False)
            found: list[AbstractIncomingMessage] = []
            while (message := await source.get(fail=False)) is not None:
                found.append(message)
            return found

    async def both_connections(self, *, besides: Iterable[str] = ()) -> set[str]:
        """Wait until the broker lists the sample's two connections, one that publishes and one that consumes."""

        async def listed() -> set[str]:
            found = await asyncio.to_thread(self.vhost.management.connections, self.vhost.name, "billing")
            new = found - set(besides)
            return new if len(new) == CONNECTIONS else set()

        return await eventually(listed, what="the broker lists both connections")

    @asynccontextmanager
    async def decisions_held(self) -> AsyncIterator[None]:
        """Hold the sample's rows for the time of the block: whatever it took, it cannot decide."""
        connection = await asyncpg.connect(self.database_url)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()

    async def unbind(self, exchange: str, queue: str, routing_key: str) -> None:
        """Take one binding away."""
        async with await aio_pika.connect(self.vhost.admin_url) as connection:
            channel = await connection.channel()
            await (await channel.get_queue(queue, ensure=False)).unbind(exchange, routing_key)

    async def bind(self, exchange: str, queue: str, routing_key: str) -> None:
        """Put one binding back."""
        async with await aio_pika.connect(self.vhost.admin_url) as connection:
            channel = await connection.channel()
            await (await channel.get_queue(queue, ensure=False)).bind(exchange, routing_key)

    @staticmethod
    def id_of(body: bytes) -> str:
        """The id of a body's envelope."""
        return str(json.loads(body)["id"])

    async def in_queue(self, queue: str) -> int:
        """How many messages a queue holds, delivered or not (a passive declare counts the ready ones only)."""
        return await asyncio.to_thread(self.vhost.management.messages_in, self.vhost.name, queue)
