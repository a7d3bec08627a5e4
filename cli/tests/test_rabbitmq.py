"""A real RabbitMQ node: users fenced, loopback only, nothing left behind, accidents survived."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import aio_pika
import aiormq
import psutil
import pytest
from autocrea.cli.parts import BrokerUser, RabbitMQ
from autocrea.cli.parts.rabbitmq_files import NodePorts, password_hash

FENCED = BrokerUser("billing", "billing-password", configure="^$", write="^allowed$", read="^$")


def processes_of(folder: Path) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(p.info["cmdline"] or [])]


async def test_node_life_when_nothing_goes_wrong(rabbitmq: Callable[..., RabbitMQ], tmp_path: Path) -> None:
    """One start for many looks: a start costs four seconds."""
    part = rabbitmq(users=[FENCED])
    endpoint = await part.start()
    assert part.healthy()

    listening = [
        connection.laddr.ip
        for pid in part.pids
        for connection in psutil.Process(pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 4  # AMQP, management, distribution, epmd
    assert set(listening) <= {"127.0.0.1", "::1"}

    async with await aio_pika.connect(endpoint.url()) as admin:
        channel = await admin.channel()
        await channel.declare_exchange("allowed", "topic", durable=True)
        queue = await channel.declare_queue("q", durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind("allowed", "#")
        own = endpoint.url(user="billing", password="billing-password")
        async with await aio_pika.connect(own) as billing:
            fenced = await billing.channel()
            exchange = await fenced.get_exchange("allowed", ensure=False)
            await exchange.publish(aio_pika.Message(b"hello", delivery_mode=2), "key")
            with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
                await fenced.declare_queue("forbidden")
        with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
            await aio_pika.connect(endpoint.url(user="guest", password="guest"))

    second_vhost = await part.create_vhost("tests/1")
    async with await aio_pika.connect(second_vhost) as admin:
        await (await admin.channel()).declare_queue("only-here")

    assert part.pid is not None
    os.kill(part.pid, signal.SIGKILL)  # and again, over what the dead node left
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken: int = other.getsockname()[1]
        part.wanted = (taken, 0)
        again = await part.start()
        assert again.port != taken
    async with await aio_pika.connect(again.url()) as admin:
        channel = await admin.channel()
        queue = await channel.get_queue("q")
        await queue.purge()
        await channel.default_exchange.publish(aio_pika.Message(b"again"), "q")
        message = await queue.get()  # a queue that lost its leader would never answer
        assert message.body == b"again"
        await message.ack()

    pids = part.pids
    await part.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert processes_of(tmp_path) == []


async def test_start_forgets_its_tables_when_the_first_start_was_interrupted(
    rabbitmq: Callable[..., RabbitMQ], tmp_path: Path
) -> None:
    half = tmp_path / "rabbitmq" / "data" / "autocrea@localhost"
    half.mkdir(parents=True)
    (half / "schema.DAT").write_bytes(b"half a schema")
    part = rabbitmq(management=False)
    await part.start()
    assert part.healthy()
    assert part.endpoint is not None
    assert part.endpoint.management_url is None


def test_password_hash_is_salted_when_made_twice() -> None:
    assert password_hash("secret") != password_hash("secret")
    assert "secret" not in password_hash("secret")


@pytest.mark.parametrize("which", ["epmd", "distribution", "amqp"])
async def test_another_port_is_taken_when_a_chosen_one_is_lost_before_the_node_has_it(
    rabbitmq: Callable[..., RabbitMQ], monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    part, strangers = rabbitmq(), ExitStack()
    choose = part._choose_ports
    chosen: list[NodePorts] = []

    def choose_and_lose() -> NodePorts:
        chosen.append(choose())
        if len(chosen) == 1:
            strangers.enter_context(socket.create_server(("127.0.0.1", getattr(chosen[0], which))))
        return chosen[-1]

    monkeypatch.setattr(part, "_choose_ports", choose_and_lose)
    with strangers:
        await part.start()
        assert part.healthy()
    assert len(chosen) == 2
