"""The service as a process, with its broker and its database: what only shows when all of it runs."""

import asyncio
import contextlib
import json
import random
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.billing.v1 import BalanceChanged, RateCardPublished
from autocrea.contracts.envelope import seal
from autocrea.contracts.ids import CallId, UserId
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import PipelinePublished
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

CONNECTIONS = 3  # of a gateway: one that publishes, one that consumes, one for progress


class Service:
    """The process, its client, and the other services' side of the broker."""

    def __init__(
        self, process: ServiceProcess, vhost: Vhost, issuer: Any, environment: dict[str, str]
    ) -> None:
        self.process = process
        self.environment = environment
        self.vhost = vhost
        self.issuer = issuer
        self.http = httpx.AsyncClient(base_url=process.url, trust_env=False, timeout=20)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token()}"}

    async def publish(self, *messages: Message) -> None:
        """As their owners do, confirmed."""
        for sender in dict.fromkeys(message.sender for message in messages):
            sealed = [
                seal(message, source=sender.value, time=datetime.now(UTC))
                for message in messages
                if message.sender is sender
            ]
            async with self.publisher(sender.value) as publisher:
                assert await publisher.publish(sealed) == {message.id for message in sealed}

    @contextlib.asynccontextmanager
    async def publisher(self, service: str) -> AsyncIterator[Publisher]:
        publisher = Publisher(self.vhost.url(service), name="test")
        link = asyncio.create_task(publisher.run())
        try:
            await eventually(lambda: publisher.connected)
            yield publisher
        finally:
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)

    async def generate(self, history: Any, replica: ServiceProcess | None = None) -> str:
        """Ask for an application; returns the path of its feed."""
        body = {"prompt": "Un blog", "project_name": "blog"}
        url = (replica or self.process).url
        answer = await self.http.post(f"{url}/api/generate", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text
        history.generation_id = UUID(answer.json()["generation_id"])
        return f"/api/generations/{history.generation_id}/events"

    async def follow(self, path: str, found: list[tuple[str | None, str]], after: str | None = None) -> None:
        """Append (id, name) of every event until the stream ends or breaks."""
        headers = self.headers | ({"Last-Event-ID": after} if after else {})
        fields: dict[str, str] = {}
        with contextlib.suppress(httpx.TransportError):
            async with self.http.stream("GET", path, headers=headers) as response:
                async for line in response.aiter_lines():
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    if not line:
                        if "data" in fields:
                            json.loads(fields["data"])
                            found.append((fields.get("id"), fields["event"]))
                        fields = {}


@pytest.fixture
async def service(
    vhost: Vhost, make_database: MakeDatabase, issuer: Any, tmp_path: Path
) -> AsyncIterator[Service]:
    port = free_port()
    jwks = Starlette(routes=[Route("/jwks", lambda _: JSONResponse(issuer.document()))])
    keys_port = free_port()
    keys = uvicorn.Server(uvicorn.Config(jwks, port=keys_port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(keys._serve())  # without its signal handlers
    environment = {
        "AUTOCREA_GATEWAY_DATABASE_URL": await make_database("autocrea.gateway"),
        "AUTOCREA_GATEWAY_BROKER_URL": vhost.url("gateway"),
        "AUTOCREA_GATEWAY_HTTP_PORT": str(port),
        "AUTOCREA_GATEWAY_OPERATOR_TOKEN": "operator",
        "AUTOCREA_GATEWAY_INTERNAL_TOKEN": "between-us",
        "AUTOCREA_GATEWAY_BILLING_URL": "http://127.0.0.1:1",
        "AUTOCREA_GATEWAY_ARTIFACTS_URL": "http://127.0.0.1:1",
        "CLERK_ISSUER": issuer.url,
        "CLERK_JWKS_URL": f"http://127.0.0.1:{keys_port}/jwks",
        "CLERK_AUTHORIZED_PARTIES": issuer.party,
    }
    process = ForkedProcess("autocrea.gateway", environment, port=port, log=tmp_path / "gateway.log")
    running = Service(process, vhost, issuer, environment)
    try:
        await process.start()
        await running.publish(
            PipelinePublished(pipeline="webapp", revision=1, digest="d1", quote_tokens=38, steps=()),
            RateCardPublished(revision=1, version="1", models=(), packs=(), rounding="up_per_step"),
        )

        async def offered() -> bool:
            return (await running.http.get("/api/quote")).status_code == 200

        await eventually(offered)
        yield running
    finally:
        await running.http.aclose()
        await process.kill()
        keys.should_exit = True
        await serving


def ids(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def numbered(found: Sequence[tuple[str | None, str]]) -> list[str]:
    return [id_ for id_, _ in found if id_ is not None]


async def test_reader_misses_nothing_when_the_gateway_is_killed_in_mid_stream(
    service: Service, history: Any
) -> None:
    path = await service.generate(history)
    events = history.started().step(0).step(1, repairs=2).step(2).completed().events
    found: list[tuple[str | None, str]] = []
    following = asyncio.create_task(service.follow(path, found))
    await service.publish(*events[:3])
    await eventually(lambda: len(found) == 3)
    await service.process.kill()
    await following
    rest = events[3:] + events[:2]  # the broker repeats and mixes
    random.Random(7).shuffle(rest)
    await service.publish(*rest)
    await service.process.start()
    await asyncio.wait_for(service.follow(path, found, after=numbered(found)[-1]), 30)
    assert numbered(found) == ids(len(events))
    assert found[-1][1] == "generation_completed"


async def test_feed_is_whole_on_a_replica_that_receives_nothing_and_goes_on_there_when_the_other_dies(
    service: Service, history: Any, tmp_path: Path
) -> None:
    port = free_port()
    deaf = {
        "AUTOCREA_GATEWAY_HTTP_PORT": str(port),
        "AUTOCREA_GATEWAY_BROKER_URL": "amqp://no:no@127.0.0.1:1/",
    }
    serving = ForkedProcess(
        "autocrea.gateway", service.environment | deaf, port=port, log=tmp_path / "serving.log"
    )
    here: list[tuple[str | None, str]] = []
    there: list[tuple[str | None, str]] = []
    try:
        await serving.start(wait=False)

        async def answers() -> bool:
            return await serving.status("/api/quote") == 200

        await eventually(answers, what="the replica without a broker answers")
        path = await service.generate(history, serving)  # which the other one has to send
        events = history.started().step(0).step(1, repairs=2).step(2).completed().events
        reading = asyncio.create_task(service.follow(f"{serving.url}{path}", here))
        other = asyncio.create_task(service.follow(path, there))
        await service.publish(*events[3::-1])
        await eventually(lambda: len(here) == len(there) == 4, what="both have the beginning")
        await service.process.kill()
        await other
        await service.publish(*events[4:])
        going_on = asyncio.create_task(service.follow(f"{serving.url}{path}", there, numbered(there)[-1]))
        await service.process.start()  # somebody has to receive them
        await asyncio.wait_for(asyncio.gather(reading, going_on), 30)

        async def arrived() -> bool:
            queue = f"/api/queues/{service.vhost.name}/orchestrator.inbox"
            found = await asyncio.to_thread(service.vhost.management.request, "GET", queue)
            return int(found.get("messages", 0)) == 1

        await eventually(arrived, what="the request was sent by the other replica")
    finally:
        await serving.kill()
    assert numbered(here) == numbered(there) == ids(len(events))
    assert here[-1][1] == there[-1][1] == "generation_completed"


async def test_progress_comes_without_an_id_and_again_after_the_broker_hung_up(
    service: Service, history: Any
) -> None:
    path = await service.generate(history)
    found: list[tuple[str | None, str]] = []
    following = asyncio.create_task(service.follow(path, found))
    async with service.publisher("llm-router") as publisher:
        await eventually(lambda: _progress_arrives(publisher, history, found), what="progress arrives")
        assert set(found) == {(None, "step_progressed")}
        management, name = service.vhost.management, service.vhost.name
        before = await _progress_queues(service)

        async def listed() -> set[str]:
            found = await asyncio.to_thread(management.connections, name, "gateway")
            return found if len(found) == CONNECTIONS else set()

        connections = await eventually(listed, what="the broker lists all connections, a second late")
        await asyncio.to_thread(management.close, connections)

        async def reconnected() -> bool:
            now = await _progress_queues(service)
            return len(now) == 1 and now != before

        await eventually(reconnected, what="a new progress queue")
        found.clear()
        await eventually(lambda: _progress_arrives(publisher, history, found), what="progress comes again")
    await service.process.ready()
    await service.publish(*history.started().step(0).step(1).step(2).completed().events)
    await asyncio.wait_for(following, 30)
    assert numbered(found) == ids(len(history.events))


async def _progress_queues(service: Service) -> set[str]:
    management, path = service.vhost.management, f"/api/queues/{service.vhost.name}"
    queues = await asyncio.to_thread(management.request, "GET", path)
    return {queue["name"] for queue in queues if queue["name"].startswith("gateway.progress.")}


async def _progress_arrives(publisher: Publisher, history: Any, found: list[tuple[str | None, str]]) -> bool:
    progress = StepProgressed(
        generation_id=history.generation_id,
        run=1,
        step="backend",
        attempt=1,
        call_id=CallId(uuid4()),
        model="joxcoder-large",
        replaced=None,
        path="main.py",
        offset=0,
        text="print()",
        bytes=7,
    )
    await publisher.publish_transient(seal(progress, source="llm-router", time=datetime.now(UTC)))
    return bool(found)


async def test_streams_end_and_the_process_too_when_it_is_told_to_stop(
    service: Service, history: Any
) -> None:
    path = await service.generate(history)
    await service.publish(*history.started().step(0).events)
    found: list[tuple[str | None, str]] = []
    following = asyncio.create_task(service.follow(path, found))
    account = asyncio.create_task(service.follow("/api/events", []))
    await eventually(lambda: len(found) == 3)
    service.process.signal(signal.SIGTERM)
    await asyncio.wait_for(asyncio.gather(following, account), 10)
    assert await service.process.wait(15) == 0
    await service.process.start()
    assert numbered(found) == ids(3)


async def test_request_reaches_the_orchestrator_and_a_balance_its_owner_over_the_broker(
    service: Service, history: Any
) -> None:
    await service.publish(
        BalanceChanged(
            user_id=UserId("user_ada"),
            version=1,
            available=100,
            held=0,
            receivable=0,
            blocked_until=None,
            changes=(),
        )
    )
    await service.generate(history)

    async def arrived() -> bool:
        queue = f"/api/queues/{service.vhost.name}/orchestrator.inbox"
        found = await asyncio.to_thread(service.vhost.management.request, "GET", queue)
        return int(found.get("messages", 0)) == 1

    await eventually(arrived, what="the request is in the orchestrator's inbox")

    async def shown() -> bool:
        answer = await service.http.get("/api/tokens/balance", headers=service.headers)
        return bool(answer.json()["available"] == 100)

    await eventually(shown)
