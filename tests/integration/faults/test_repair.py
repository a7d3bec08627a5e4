"""The broker's disk is lost under load: topology again, every outbox of the last day again, and nothing is missing."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from autocrea.chassis import topology
from autocrea.cli.operating.services import Services
from autocrea.cli.parts import PostgresEndpoint, RabbitMQ, S3Endpoint
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.servers.local import local_rabbitmq
from autocrea.testkit.stack import running_stack
from autocrea.testkit.stack_environment import OPERATOR_TOKEN, SERVICES

GENERATIONS = 8
MANY_OPEN = {"AUTOCREA_GATEWAY_OPEN_GENERATIONS_MAX": str(GENERATIONS)}
STEPS_PACED_TOKENS_A_SECOND = (
    1_500.0  # a generation takes some five seconds: the loss finds all of them on their way
)


@pytest.fixture
async def own_broker(tmp_path: Path) -> AsyncIterator[RabbitMQ]:
    """A broker whose disk a test may take away."""
    broker = local_rabbitmq(tmp_path / "rabbitmq")
    yield broker
    await broker.stop()


@pytest.mark.timeout(240)  # two starts of a node, one of a stack
async def test_every_generation_ends_once_when_the_broker_lost_its_disk_and_was_repaired(
    tmp_path: Path, postgres: PostgresEndpoint, s3: S3Endpoint, own_broker: RabbitMQ
) -> None:
    endpoint = await own_broker.start()
    async with (
        running_stack(
            tmp_path / "stack", postgres=postgres, rabbitmq=endpoint, s3=s3, settings=MANY_OPEN
        ) as stack,
        stack.person(tokens=50 * GENERATIONS) as person,
        stack.simulated.rule(match={}, effect={"tokens_per_second": STEPS_PACED_TOKENS_A_SECOND}),
    ):
        asked = [await person.generate(f"perdida-{n}") for n in range(GENERATIONS)]
        first = await person.stream(asked[0], count=2)  # the first step of it has begun
        assert [event.name for event in first if event.id] == ["generation_started", "step_started"]
        began = datetime.now(UTC) - timedelta(minutes=5)
        await own_broker.stop()
        shutil.rmtree(own_broker.data)
        own_broker.wanted = (endpoint.port, endpoint.management_port or 0)
        await own_broker.start()
        await asyncio.to_thread(stack.create_vhost)
        assert await stack.processes["gateway"].status("/health/live") == 200
        await topology.apply(endpoint.url(stack.name), TOPOLOGY)
        await stack.ready()
        services = Services(
            {
                "services": {name: stack.processes[name].url for name in SERVICES},
                "operator_tokens": dict.fromkeys(SERVICES, OPERATOR_TOKEN),
            }
        )
        for name in SERVICES:
            sent = await asyncio.to_thread(
                services.tell, name, "/operator/outbox/republish", {"who": "olga", "since": began.isoformat()}
            )
            assert sent["republished"] or name == "artifacts", name  # which has had nothing to say yet
        for generation_id in asked:
            assert (await person.end(generation_id)).name == "generation_completed"
        assert await stack.checker.findings() == []
