"""The broker, the database and the process go away under load: nothing is lost, nothing happens twice."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from autocrea.chassis import migrations, topology
from autocrea.cli.parts import Postgres, RabbitMQ
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.servers.local import local_rabbitmq
from autocrea.testkit.stage import SAMPLE, Stage, reserve
from autocrea.testkit.vhosts import Management
from autocrea.testkit.waiting import eventually

CONSUMERS_BACK_SECONDS = 15


async def test_nothing_is_lost_when_the_broker_closes_connections_under_load(
    stage: Stage, service: ServiceProcess
) -> None:
    commands = [reserve(f"user-{n % 5}") for n in range(300)]
    for start in range(0, 300, 60):
        await stage.publish(*commands[start : start + 60])
        await stage.close_connections_of("billing")
        await service.ready(CONSUMERS_BACK_SECONDS)
    await stage.all_done(300)
    await stage.outbox_is_sent()


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
        await stage.outbox_is_sent()
        await service.kill()


async def test_the_backlog_survives_unspent_when_sigterm_comes(stage: Stage, service: ServiceProcess) -> None:
    await stage.publish(*(reserve(f"user-{n % 50}") for n in range(400)))
    service.signal(signal.SIGTERM)
    assert await service.wait() == 0, service.log[-2000:]
    left = await stage.raw_messages("billing.inbox")
    assert [m.headers.get("x-delivery-count") for m in left if m.headers.get("x-delivery-count")] == []
    assert await stage.fetch("SELECT 1 FROM jobs WHERE leased_until IS NOT NULL") == []
    again = stage.service()
    await again.start()
    await stage.all_done(400)
    await again.kill()


async def test_the_work_is_handed_over_when_its_process_freezes(
    stage: Stage, service: ServiceProcess
) -> None:
    gate = stage.folder / "gate"
    slow = stage.service(AUTOCREA_SAMPLE_GATE=str(gate))
    await service.kill()
    await slow.start()
    await stage.publish(reserve(slow=True))
    leased = "SELECT 1 FROM jobs WHERE kind = 'work' AND leased_until > now()"
    await eventually(lambda: stage.fetch(leased), what="the work runs")
    await stage.inbox_is_empty()  # else its delivery comes back only when the broker misses a heartbeat
    slow.signal(signal.SIGSTOP)
    gate.touch()
    other = stage.service(AUTOCREA_SAMPLE_GATE=str(gate))
    await other.start()
    try:
        await stage.all_done(1)
    finally:
        slow.signal(signal.SIGCONT)
    await eventually(lambda: slow.status("/health/ready"), what="the zombie answers again")
    await stage.all_done(1)
    await other.kill()
    await slow.kill()


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
    await stage.outbox_is_sent()
    types = sorted(reply["type"] for reply in await stage.replies())
    assert types == ["billing.tokens_reserved.v1", "billing.tokens_settled.v1"]


async def test_the_service_is_not_ready_when_the_broker_lacks_its_topology(
    stage: Stage, service: ServiceProcess
) -> None:
    """A binding that is missing changes the digest, so a broker without it has no such marker."""
    await stage.delete_exchange(TOPOLOGY.marker().name)
    await eventually(lambda: _is(service, 503), what="not ready")
    assert TOPOLOGY.marker().name in (await service.body("/health/ready"))
    assert await service.status("/health/live") == 200
    await topology.apply(stage.vhost.admin_url, TOPOLOGY)
    await eventually(lambda: _is(service, 200), what="ready again")


async def _is(service: ServiceProcess, status: int) -> bool:
    return await service.status("/health/ready") == status


async def test_nothing_is_lost_when_the_broker_restarts(
    make_database: MakeDatabase, tmp_path: Path, private_rabbitmq: RabbitMQ
) -> None:
    stage = Stage(await _vhost_on(private_rabbitmq), await make_database(SAMPLE), tmp_path)
    service = stage.service()
    await service.start()
    await stage.publish(*(reserve() for _ in range(100)))
    await private_rabbitmq.stop()
    assert await service.status("/health/live") == 200
    await private_rabbitmq.start()
    await service.ready(CONSUMERS_BACK_SECONDS)
    await stage.publish(*(reserve() for _ in range(20)))
    await stage.all_done(120)
    await stage.outbox_is_sent()
    await service.kill()


async def test_nothing_is_lost_when_the_database_restarts(vhost: Vhost, tmp_path: Path) -> None:
    postgres = Postgres(tmp_path / "postgres", durable=False)
    endpoint = await postgres.start()
    try:
        await postgres.create_database("sample")
        await migrations.migrate(endpoint.url("sample"), SAMPLE)
        stage = Stage(vhost, endpoint.url("sample"), tmp_path)
        service = stage.service()
        await service.start()
        await stage.publish(*(reserve() for _ in range(100)))
        await postgres.stop()
        await stage.publish(*(reserve() for _ in range(50)))
        assert await service.status("/health/live") == 200
        assert await service.status("/health/ready") == 503
        assert await postgres.start() == endpoint
        await stage.all_done(150)
        await stage.outbox_is_sent()
        assert service.alive
        assert await stage.fetch("SELECT 1 FROM dead_letters") == []
        await service.kill()
    finally:
        await postgres.stop()


@pytest.fixture
async def private_rabbitmq(tmp_path: Path) -> AsyncIterator[RabbitMQ]:
    """A broker that a test may stop and start."""
    broker = local_rabbitmq(tmp_path / "rabbitmq")
    yield broker
    await broker.stop()


async def _vhost_on(broker: RabbitMQ) -> Vhost:
    endpoint = await broker.start()
    await topology.apply(endpoint.url(), TOPOLOGY)
    return Vhost(endpoint, endpoint.vhost, Management(endpoint))
