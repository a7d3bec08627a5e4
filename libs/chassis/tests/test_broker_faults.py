"""The broker goes away, cuts, restarts, or lacks something, under load: nothing is lost, nothing happens twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from autocrea.chassis import topology
from autocrea.cli.parts import RabbitMQ
from autocrea.contracts.samples import sealed_sample
from autocrea.contracts.topology import TOPOLOGY, Binding
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.servers.local import local_rabbitmq
from autocrea.testkit.stage import SAMPLE, Stage, reserve
from autocrea.testkit.vhosts import Management
from autocrea.testkit.waiting import eventually

CONSUMERS_BACK_SECONDS = 15
CUTS = 5
RUNS_A_CUT = 100


async def test_nothing_is_lost_when_the_broker_closes_connections_under_load(
    stage: Stage, service: ServiceProcess
) -> None:
    closed: set[str] = set()
    for cut in range(1, CUTS + 1):
        connections = await stage.both_connections(besides=closed)
        await stage.publish(*(reserve(f"user-{n % 5}") for n in range(RUNS_A_CUT)))
        await asyncio.to_thread(stage.vhost.management.close, connections)
        closed |= connections
        done = [count for count in (await stage.counts()).values() if count == (1, 1, 1, 0)]
        assert len(done) < cut * RUNS_A_CUT, "there was no load any more when the connections were closed"
        await _consumers_are_back(service, cut + 1)
    await stage.all_done(CUTS * RUNS_A_CUT)
    await stage.outbox_is_sent(soon=True)


async def test_nothing_is_lost_when_the_network_freezes_and_breaks(stage: Stage) -> None:
    broker = urlsplit(stage.vhost.url("billing"))
    async with TcpProxy("127.0.0.1", broker.port or 0) as proxy:
        through = stage.vhost.url("billing").replace(f":{broker.port}/", f":{proxy.port}/")
        service = stage.service(broker_url=through)
        await service.start()
        await stage.publish(*(reserve() for _ in range(50)))
        proxy.freeze()
        await stage.publish(*(reserve() for _ in range(50)))
        proxy.cut()
        proxy.freeze(False)
        await service.ready(CONSUMERS_BACK_SECONDS)
        await stage.all_done(100)
        await stage.outbox_is_sent(soon=True)
        await service.kill()


async def test_the_row_stays_and_is_sent_later_when_a_message_is_unroutable(
    stage: Stage, service: ServiceProcess
) -> None:
    binding = ("autocrea.commands", "orchestrator.inbox", "billing.tokens_reserved.v1")
    await stage.unbind(*binding)
    await stage.publish(reserve())
    await stage.all_done(1)
    await eventually(lambda: "message not accepted" in service.log, what="the publish raised and was logged")
    unsent = await stage.fetch("SELECT type FROM outbox WHERE sent_at IS NULL")
    assert [row["type"] for row in unsent] == ["billing.tokens_reserved.v1"]
    await stage.bind(*binding)
    await stage.outbox_is_sent(soon=True)
    types = sorted(reply["type"] for reply in await stage.replies())
    assert types == ["billing.tokens_reserved.v1", "billing.tokens_settled.v1"]


async def test_the_service_is_not_ready_when_the_broker_lacks_the_binding_of_an_event(
    vhost: Vhost, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """As after an update whose table was not applied: the broker confirms the event, for the history takes it."""
    event = sealed_sample("orchestrator.step_completed.v1")
    lacking = Binding("autocrea.events", "billing.inbox", event.type)
    older = replace(TOPOLOGY, bindings=tuple(each for each in TOPOLOGY.bindings if each != lacking))
    assert older != TOPOLOGY
    await asyncio.to_thread(vhost.management.delete_vhost, vhost.name)
    await asyncio.to_thread(vhost.management.create_vhost, vhost.name)
    await topology.apply(vhost.admin_url, older)
    stage = Stage(vhost, await make_database(SAMPLE), tmp_path)
    await stage.publish(event)
    assert await stage.raw_messages("billing.inbox") == []
    service = stage.service()
    await service.start(wait=False)
    await _consumers_are_back(service, 1)
    assert await service.status("/health/ready") == 503
    assert TOPOLOGY.marker().name in (await service.body("/health/ready"))
    assert await service.status("/health/live") == 200
    assert "autocrea_consumers_attached 1.0" in await service.body("/metrics")
    await topology.apply(stage.vhost.admin_url, TOPOLOGY)
    await service.ready()
    await service.kill()


async def test_nothing_is_lost_when_the_broker_restarts(
    make_database: MakeDatabase, tmp_path: Path, private_rabbitmq: RabbitMQ
) -> None:
    """Once in good order and once by kill -9, both under load."""
    stage = Stage(await _vhost_on(private_rabbitmq), await make_database(SAMPLE), tmp_path)
    service = stage.service()
    await service.start()
    for attached, number in enumerate((signal.SIGTERM, signal.SIGKILL), 2):
        await stage.publish(*(reserve() for _ in range(200)))
        assert private_rabbitmq.pid is not None
        os.kill(private_rabbitmq.pid, number)
        await private_rabbitmq.stop()
        assert await service.status("/health/live") == 200
        assert await service.status("/health/ready") == 503
        assert "autocrea_consumers_attached 0.0" in await service.body("/metrics")
        await private_rabbitmq.start()
        await _consumers_are_back(service, attached)
    await stage.publish(*(reserve() for _ in range(20)))
    await stage.all_done(420)
    await stage.outbox_is_sent(soon=True)
    await service.kill()


@pytest.fixture
async def private_rabbitmq(tmp_path: Path) -> AsyncIterator[RabbitMQ]:
    """A broker that a test may stop and start."""
    broker = local_rabbitmq(tmp_path / "rabbitmq")
    yield broker
    await broker.stop()


async def _consumers_are_back(service: ServiceProcess, times: int) -> None:
    await eventually(
        lambda: service.log.count("consumers attached") == times,
        timeout_seconds=CONSUMERS_BACK_SECONDS,
        what=f"the consumers are attached for the {times}. time",
    )


async def _vhost_on(broker: RabbitMQ) -> Vhost:
    endpoint = await broker.start()
    await topology.apply(endpoint.url(), TOPOLOGY)
    return Vhost(endpoint, endpoint.vhost, Management(endpoint))
