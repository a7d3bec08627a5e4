"""One router process, the simulators in another, and what they say to the rest of the system."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.envelope import seal
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.contracts.message import Message, progress_key
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually

PROVIDERS = ("joxcoder", "openai", "anthropic")
KEYS = {f"{provider.upper()}_API_KEY": f"{provider}-key" for provider in PROVIDERS}


class House:
    """Tests of one house run side by side with others: they match the simulators' rules by project name."""

    def __init__(self, vhost: Vhost, database_url: str, folder: Path) -> None:
        self.vhost = vhost
        self.database_url = database_url
        simulators = free_port()
        self.simulators = ForkedProcess(
            "autocrea.simulators",
            {
                **KEYS,
                "AUTOCREA_SIMULATORS_PORT": str(simulators),
                "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0",
            },
            port=simulators,
            log=folder / "simulators.log",
        )
        self._folder = folder
        self.router = self.replica("router")
        self.replicas = [self.router]
        self.http = httpx.AsyncClient(base_url=self.simulators.url, trust_env=False)
        self._came: dict[str, list[dict[str, Any]]] = {}

    def replica(self, name: str) -> ServiceProcess:
        """A router process on the same broker and database."""
        port = free_port()
        return ForkedProcess(
            "autocrea.llm_router",
            {
                **KEYS,
                "AUTOCREA_LLM_ROUTER_DATABASE_URL": self.database_url,
                "AUTOCREA_LLM_ROUTER_BROKER_URL": self.vhost.url("llm-router"),
                "AUTOCREA_LLM_ROUTER_HTTP_PORT": str(port),
                "AUTOCREA_LLM_ROUTER_OPERATOR_TOKEN": "operator",
                "AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS": ",".join(PROVIDERS),
                **{
                    f"{provider.upper()}_API_URL": f"{self.simulators.url}/{provider}/v1"
                    for provider in PROVIDERS
                },
            },
            port=port,
            log=self._folder / f"{name}.log",
        )

    async def add_replica(self) -> ServiceProcess:
        """Another one, running."""
        self.replicas.append(self.replica(f"router-{len(self.replicas) + 1}"))
        await self.replicas[-1].start()
        return self.replicas[-1]

    async def start(self, **router: str) -> None:
        await self.simulators.start(wait=False)
        await eventually(self._simulators_answer, what="the simulators answer")
        await self.router.start(**router)

    async def close(self) -> None:
        await self.http.aclose()
        for router in self.replicas:
            await router.kill()
        await self.simulators.kill()

    async def say(self, *messages: Message) -> None:
        """Publish as each message's own sender does, confirmed."""
        for sender in {message.sender for message in messages}:
            sealed = [seal(m, source=sender, time=datetime.now(UTC)) for m in messages if m.sender is sender]
            publisher = Publisher(self.vhost.url(sender), name="test")
            link = asyncio.create_task(publisher.run())
            try:
                await eventually(lambda p=publisher: p.connected)
                assert await publisher.publish(sealed) == {message.id for message in sealed}
            finally:
                link.cancel()
                await asyncio.gather(link, return_exceptions=True)

    async def rule(self, project: str, effect: dict[str, Any], **more: Any) -> None:
        """Have the simulators do something to calls of a project."""
        match = {"project": project, **more.pop("match", {})}
        answer = await self.http.post("/_sim/rules", json={"match": match, "effect": effect, **more})
        assert answer.status_code == 201, answer.text

    async def sim_log(self, project: str) -> list[dict[str, Any]]:
        """What the simulators were asked for a project."""
        calls: list[dict[str, Any]] = (await self.http.get("/_sim/log", params={"project": project})).json()[
            "calls"
        ]
        return calls

    async def inbox(self, service: str) -> list[dict[str, Any]]:
        """Every envelope that ever came to a service's inbox; the service itself does not run."""
        async with await aio_pika.connect(self.vhost.url(service)) as connection:
            queue = await (await connection.channel()).get_queue(f"{service}.inbox", ensure=False)
            while (message := await queue.get(fail=False)) is not None:
                self._came.setdefault(service, []).append(json.loads(message.body))
                await message.ack()
        return self._came.get(service, [])

    async def answers(self, generation: GenerationId) -> list[dict[str, Any]]:
        """What the orchestrator was answered for a generation."""
        return [one for one in await self.inbox("orchestrator") if one["subject"] == str(generation)]

    async def answer(self, generation: GenerationId) -> dict[str, Any]:
        (answer,) = await eventually(lambda: self.answers(generation), what="an answer to the orchestrator")
        return answer

    async def fetch(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]
        finally:
            await connection.close()

    async def calls(self, generation: GenerationId) -> list[tuple[Any, ...]]:
        """Id, outcome and booking of a generation's calls, in order."""
        query = "SELECT call_id::text, outcome, booking FROM llm_calls WHERE generation_id = $1 ORDER BY placed_at"
        return await self.fetch(query, generation)

    async def books_agree(self, command: ExecuteStep) -> None:
        """Every request that the simulators saw is a row, and the other way round."""
        logged = {call["call_id"] for call in await self.sim_log(command.project_name)}
        assert logged == {row[0] for row in await self.calls(command.generation_id)}

    async def expire_leases(self) -> None:
        """As if their time had passed: a test need not wait for that."""
        await self.fetch("UPDATE jobs SET leased_until = now() WHERE kind = 'execute_step'")

    async def watch(self, generation: GenerationId, seen: list[dict[str, Any]], ready: asyncio.Event) -> None:
        """Collect progress as a gateway replica with a viewer does, until cancelled."""
        async with await aio_pika.connect(self.vhost.admin_url) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind("autocrea.progress", progress_key(generation))
            ready.set()
            async with queue.iterator() as messages:
                async for message in messages:
                    async with message.process():
                        seen.append(json.loads(message.body)["data"])

    async def _simulators_answer(self) -> bool:
        return await self.simulators.status("/_sim/health") == 200
