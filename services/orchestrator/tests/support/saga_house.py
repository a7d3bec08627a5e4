"""One orchestrator process on a real broker and database, and the other ends played over that broker."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.envelope import decode, seal
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import GenerationEvent
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually
from saga_other_ends import TERMINALS, Artifacts, Billing, Router

OTHERS = ("llm-router", "billing", "artifacts", "gateway")


class Steady(random.Random):
    """Chance that never strikes."""

    def random(self) -> float:
        return 0.5


@dataclass
class House:
    """What the test holds in its hand."""

    vhost: Vhost
    database_url: str
    process: ServiceProcess
    router: Router = field(default_factory=lambda: Router(Steady(1)))
    billing: Billing = field(default_factory=lambda: Billing(Steady(1)))
    artifacts: Artifacts = field(default_factory=lambda: Artifacts(Steady(1)))
    heard: dict[str, list[Message]] = field(default_factory=lambda: {name: [] for name in OTHERS})
    muted: set[str] = field(default_factory=set)  # whose answers are kept back
    seen: set[tuple[str, UUID]] = field(default_factory=set)
    publishers: dict[str, Publisher] = field(default_factory=dict)

    async def say(self, sender: str, *messages: Message) -> None:
        """Publish as a service does, confirmed."""
        if messages:
            sealed = [seal(message, source=sender, time=datetime.now(UTC)) for message in messages]
            assert await self.publishers[sender].publish(sealed) == {one.id for one in sealed}

    async def feed(self) -> list[GenerationEvent]:
        events = [one for one in self.heard["gateway"] if isinstance(one, GenerationEvent)]
        return sorted(events, key=lambda event: event.sequence)

    async def terminal(self) -> GenerationEvent:
        """Wait for the terminal and everything before it."""

        async def ended() -> GenerationEvent | None:
            events = await self.feed()
            whole = [event.sequence for event in events] == list(range(1, len(events) + 1))
            return events[-1] if whole and events and isinstance(events[-1], TERMINALS) else None

        found: GenerationEvent = await eventually(ended, timeout_seconds=60, what="the terminal")
        return found

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def play(self, name: str) -> None:
        """Consume a service's inbox and answer as its table says."""
        async with await aio_pika.connect(self.vhost.url(name)) as connection:
            queue = await (await connection.channel()).get_queue(f"{name}.inbox", ensure=False)
            async with queue.iterator() as incoming:
                async for delivery in incoming:
                    _, message = decode(delivery.body, MESSAGES)
                    key = (name, message.message_id())
                    if key not in self.seen:
                        self.seen.add(key)
                        self.heard[name].append(message)
                        await self.say(name, *self._answers(name, message))
                    await delivery.ack()

    def _answers(self, name: str, message: Message) -> Iterable[Message]:
        other: Any = {"llm-router": self.router, "billing": self.billing, "artifacts": self.artifacts}.get(
            name
        )
        answers = tuple(other.receive(message)) if other else ()
        return () if name in self.muted else answers


@asynccontextmanager
async def house(
    vhost: Vhost, database_url: str, folder: Path, *, settings: Mapping[str, str] | None = None
) -> AsyncIterator[House]:
    port = free_port()
    environment = {
        "AUTOCREA_ORCHESTRATOR_DATABASE_URL": database_url,
        "AUTOCREA_ORCHESTRATOR_BROKER_URL": vhost.url("orchestrator"),
        "AUTOCREA_ORCHESTRATOR_HTTP_PORT": str(port),
        "AUTOCREA_ORCHESTRATOR_OPERATOR_TOKEN": "operator",
        **(settings or {}),
    }
    process = ForkedProcess("autocrea.orchestrator", environment, port=port, log=folder / "orchestrator.log")
    made = House(vhost, database_url, process)
    tasks: list[asyncio.Task[None]] = []
    for name in OTHERS:
        made.publishers[name] = publisher = Publisher(vhost.url(name), name="test")
        tasks += [asyncio.create_task(publisher.run()), asyncio.create_task(made.play(name))]
        await eventually(lambda publisher=publisher: publisher.connected, what=f"{name} is connected")
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await process.kill()
