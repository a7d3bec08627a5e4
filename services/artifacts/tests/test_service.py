"""The service as a process of its own, on a real broker, database and object store."""

import asyncio
import json
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import pytest
from autocrea.artifacts.adapters.s3 import S3Store
from autocrea.artifacts.domain.naming import generation_prefix
from autocrea.chassis.publisher import Publisher
from autocrea.cli.parts import S3Endpoint
from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.envelope import seal
from autocrea.contracts.message import Message
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.waiting import eventually

pytestmark = pytest.mark.timeout(180)


@dataclass
class House:
    """One artifacts process and what it talks to."""

    vhost: Vhost
    database_url: str
    process: ServiceProcess
    store: S3Store
    s3: TcpProxy

    async def start(self) -> None:
        """Start the process and let its first collection of garbage end: from here on only a test uses the store."""
        await self.process.start()
        collected = "SELECT count(*) FROM jobs WHERE kind = 'collect_garbage' AND due_at > now()"
        await eventually(lambda: self.count(collected), what="garbage was collected")

    async def say(self, sender: str, *messages: Message) -> None:
        """Publish as a service does, confirmed."""
        sealed = [seal(message, source=sender, time=datetime.now(UTC)) for message in messages]
        publisher = Publisher(self.vhost.url(sender), name="test")
        link = asyncio.create_task(publisher.run())
        try:
            await eventually(lambda: publisher.connected)
            assert await publisher.publish(sealed) == {message.id for message in sealed}
        finally:
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)

    async def answers(self) -> list[dict[str, Any]]:
        """What lies in the orchestrator's inbox; it stays there."""
        connection = await aio_pika.connect(self.vhost.url("orchestrator"))
        async with connection:
            channel = await connection.channel()
            queue = await channel.get_queue("orchestrator.inbox", ensure=False)
            found = []
            while (message := await queue.get(fail=False)) is not None:
                found.append(json.loads(message.body))
        return found

    async def answer(self) -> dict[str, Any]:
        (answer,) = await eventually(self.answers, what="an answer to the orchestrator")
        return answer

    async def keys(self, story: Any) -> list[str]:
        return [found.key async for found in self.store.objects(generation_prefix(story.generation_id))]

    async def count(self, query: str) -> int:
        connection = await asyncpg.connect(self.database_url)
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.database_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture
async def house(
    make_database: MakeDatabase, vhost: Vhost, s3: S3Endpoint, store: S3Store, tmp_path: Path
) -> Any:
    url, port = await make_database("autocrea.artifacts"), free_port()
    async with TcpProxy("127.0.0.1", s3.port) as proxy:
        environment = {
            "AUTOCREA_ARTIFACTS_DATABASE_URL": url,
            "AUTOCREA_ARTIFACTS_BROKER_URL": vhost.url("artifacts"),
            "AUTOCREA_ARTIFACTS_HTTP_PORT": str(port),
            "AUTOCREA_ARTIFACTS_OPERATOR_TOKEN": "operator",
            "AUTOCREA_ARTIFACTS_GATEWAY_TOKEN": "gateway",
            "AWS_S3_BUCKET": s3.bucket,
            "AWS_S3_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}",
            "AWS_REGION": s3.region,
            "AWS_ACCESS_KEY_ID": s3.access_key_id,
            "AWS_SECRET_ACCESS_KEY": s3.secret_access_key,
        }
        process = ForkedProcess("autocrea.artifacts", environment, port=port, log=tmp_path / "artifacts.log")
        yield House(vhost, url, process, store, proxy)
        await process.kill()


async def test_the_archive_is_announced_once_when_commands_arrive_twice_and_out_of_order(
    house: House, story: Any
) -> None:
    await house.process.start()
    backend, frontend = story.store("backend", {"api.py": "1"}), story.store("frontend", {"index.html": "2"})
    await house.say("orchestrator", story.package(), frontend, backend, story.package(), backend)
    answer = await house.answer()
    assert answer["type"] == ArtifactReady.type
    ready = ArtifactReady.model_validate(answer["data"])
    assert (ready.files, ready.project_id) == (2, story.project_id)
    assert await house.keys(story) == [f"archives/{story.generation_id}/1.zip"]
    house.process.signal(signal.SIGTERM)
    assert await house.process.wait() == 0
    assert len(await house.answers()) == 1


async def test_packaging_is_only_delayed_when_the_object_store_is_down(house: House, story: Any) -> None:
    await house.start()
    house.s3.refuse()
    house.s3.cut()  # a connection that is kept open would do for the put
    await house.say("orchestrator", story.store("backend", {"api.py": "1"}), story.package())
    await eventually(lambda: "job put off" in house.process.log, what="the packaging was put off")
    assert await house.process.status("/health/ready") == 200
    assert await house.answers() == []
    house.s3.refuse(False)
    await house.execute("UPDATE jobs SET due_at = now() WHERE kind = 'package_generation'")
    assert (await house.answer())["type"] == ArtifactReady.type
    assert await house.count("SELECT count(*) FROM dead_letters") == 0


async def test_one_archive_is_announced_when_the_process_is_killed_in_the_middle_of_the_put(
    house: House, story: Any
) -> None:
    await house.start()
    house.s3.cut()
    await eventually(lambda: house.s3.open_connections == 0, what="no connection but the put's will be there")
    house.s3.freeze()
    await house.say("orchestrator", story.store("backend", {"api.py": "1"}), story.package())
    await eventually(lambda: house.s3.open_connections, what="the PUT is under way")
    await house.process.kill()
    house.s3.freeze(False)
    assert await house.answers() == []
    await house.execute("UPDATE jobs SET leased_until = now()")  # the dead process's lease runs out
    await house.process.start()
    ready = ArtifactReady.model_validate((await house.answer())["data"])
    async with house.store.read(f"archives/{story.generation_id}/1.zip") as opened:
        content = b"".join([chunk async for chunk in opened.chunks])
    assert (sha256(content).hexdigest(), len(content)) == (ready.sha256, ready.bytes)
    assert await house.count("SELECT count(*) FROM outbox") == 1


async def test_nothing_is_left_when_the_project_is_deleted(house: House, story: Any) -> None:
    await house.process.start()
    await house.say("orchestrator", story.store("backend", {"api.py": "1"}), story.package())
    await house.answer()
    assert await house.keys(story)
    await house.say("gateway", story.deleted())

    async def gone() -> bool:
        return await house.keys(story) == []

    await eventually(gone, what="the object is gone")
    assert await house.count("SELECT count(*) FROM files") == 0
    await house.say("orchestrator", story.store("devops", {"Dockerfile": "x"}), story.package(run=2))

    async def refused() -> list[dict[str, Any]]:
        return [answer for answer in await house.answers() if answer["type"] == PackagingFailed.type]

    (answer,) = await eventually(refused, what="the refusal")
    assert (answer["data"]["run"], answer["data"]["fault"]) == (2, "project_deleted")
    assert await house.count("SELECT count(*) FROM files") == 0
