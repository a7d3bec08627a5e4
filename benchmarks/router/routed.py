"""The router alone between its queues: a virtual host, a database and one process, with commands in and answers out."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from aio_pika.abc import AbstractIncomingMessage
from autocrea.chassis import migrations, topology
from autocrea.chassis.publisher import Publisher
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint
from autocrea.contracts.envelope import seal
from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.llm_router.v1 import CancelStep, ExecuteStep, Prompt, StepExecuted, StepLimits
from autocrea.contracts.message import Message
from autocrea.contracts.shapes import PricedModel
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.vhosts import Management, service_password
from autocrea.testkit.waiting import eventually

NAME = "benchmark-router"
MODEL = "joxcoder-1"
PACKAGE = "autocrea.llm_router"
PREFETCH = 200
ANSWER_SECONDS_MAX = 60.0


def command(prompt: str) -> ExecuteStep:
    """A step whose output is a small JSON document, asked for by a person of its own."""
    one = Decimal(1)
    priced = PricedModel(
        model=MODEL, price_input=one, price_output=one, price_cached=one, context_tokens=131_072
    )
    limits = StepLimits(files_max=200, file_bytes_max=2**19, total_bytes_max=2**20, output_tokens_max=10_000)
    return ExecuteStep(
        generation_id=GenerationId(uuid4()),
        run=1,
        step=StepName("security_audit"),
        attempt=1,
        user_id=UserId(f"user_{uuid4().hex}"),
        project_id=ProjectId(UUID(int=2)),
        project_name="benchmark",
        output_kind="findings",
        prompt=Prompt(system="You audit applications.", user=prompt),
        models=(priced,),
        limits=limits,
        deadline_seconds=600,
    )


@dataclass(slots=True)
class Routed:
    """The running router, its queues' other ends, and its database."""

    process: ServiceProcess
    publisher: Publisher
    database_url: str
    waiting: dict[str, asyncio.Future[str]] = field(default_factory=dict)

    async def execute(self, prompt: str) -> None:
        """One command, until its answer has come; fails unless that is an output."""
        order = command(prompt)
        answer = self.waiting[str(order.generation_id)] = asyncio.get_running_loop().create_future()
        await self.say(order)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            assert await answer == StepExecuted.type

    async def hold(self, prompt: str) -> CancelStep:
        """A command that nothing answers; gives what ends it."""
        order = command(prompt)
        await self.say(order)
        return CancelStep(generation_id=order.generation_id, run=order.run, step=order.step)

    async def say(self, message: Message) -> None:
        sealed = seal(message, source=message.sender, time=datetime.now(UTC))
        assert await self.publisher.publish([sealed]) == {sealed.id}

    async def completed(self) -> int:
        """Calls in the router's books that made an output."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return int(
                await connection.fetchval("SELECT count(*) FROM llm_calls WHERE outcome = 'completed'")
            )
        finally:
            await connection.close()

    async def take(self, message: AbstractIncomingMessage) -> None:
        """An answer came to the orchestrator."""
        async with message.process():
            told: dict[str, Any] = json.loads(message.body)
            answer = self.waiting.pop(str(told["subject"]), None)
            if answer is not None and not answer.done():
                answer.set_result(str(told["type"]))


@asynccontextmanager
async def routed(
    folder: Path, rabbitmq: RabbitmqEndpoint, postgres: PostgresEndpoint, upstream: str
) -> AsyncIterator[Routed]:
    """A router whose only provider is the upstream."""
    management = Management(rabbitmq)
    await asyncio.to_thread(management.create_vhost, NAME)
    database = f"benchmark_router_{uuid4().hex[:8]}"
    await _administer(postgres, f'CREATE DATABASE "{database}"')
    url = postgres.url(database)
    await migrations.migrate(url, PACKAGE)
    await topology.apply(rabbitmq.url(NAME), TOPOLOGY)
    process = _process(folder, rabbitmq, url, upstream)
    publisher = Publisher(
        rabbitmq.url(NAME, user="orchestrator", password=service_password("orchestrator")), name="benchmark"
    )
    link = asyncio.create_task(publisher.run())
    try:
        await process.start()
        await eventually(lambda: publisher.connected, what="the publisher is connected")
        async with await aio_pika.connect(rabbitmq.url(NAME)) as connection:
            channel = await connection.channel()
            await channel.set_qos(PREFETCH)
            found = Routed(process, publisher, url)
            await (await channel.get_queue("orchestrator.inbox", ensure=False)).consume(found.take)
            yield found
    finally:
        await process.kill()
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
        await asyncio.to_thread(management.delete_vhost, NAME)
        await _administer(postgres, f'DROP DATABASE "{database}" WITH (FORCE)')


def _process(folder: Path, rabbitmq: RabbitmqEndpoint, database_url: str, upstream: str) -> ServiceProcess:
    port = free_port()
    broker = rabbitmq.url(NAME, user="llm-router", password=service_password("llm-router"))
    environment = {
        "AUTOCREA_LLM_ROUTER_DATABASE_URL": database_url,
        "AUTOCREA_LLM_ROUTER_BROKER_URL": broker,
        "AUTOCREA_LLM_ROUTER_HTTP_PORT": str(port),
        "AUTOCREA_LLM_ROUTER_OPERATOR_TOKEN": "operator",
        "AUTOCREA_LLM_ROUTER_CALLS_PER_KEY": "200",
        "JOXCODER_API_URL": f"{upstream}/v1",
        "JOXCODER_API_KEY": "opens-nothing",
    }
    return ServiceProcess(PACKAGE, environment, port=port, log=folder / "router.log")


async def _administer(postgres: PostgresEndpoint, statement: str) -> None:
    connection = await asyncpg.connect(postgres.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
