"""The table on a real broker: it is taken as it is, and each service's user can do its work and nothing else."""

from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage
from aiormq.exceptions import ChannelAccessRefused
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.message import Service, Via, progress_key
from autocrea.contracts.samples import sealed_sample
from autocrea.contracts.samples import values as the
from autocrea.contracts.topology import HISTORY, TOPOLOGY, inbox, progress_queue
from autocrea.testkit.plugin import Vhost

ARRIVES_WITHIN_SECONDS = 10

Connections = dict[Service, AbstractConnection]


@pytest.fixture
async def connections(vhost: Vhost) -> AsyncIterator[Connections]:
    """One connection as each service's own user."""
    opened: Connections = {service: await aio_pika.connect(vhost.url(service.value)) for service in Service}
    yield opened
    for connection in opened.values():
        await connection.close()


async def _publish(connection: AbstractConnection, exchange: str, routing_key: str, body: bytes) -> None:
    async with connection.channel(on_return_raises=True) as channel:
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(body), routing_key, mandatory=exchange != Via.PROGRESS)


async def _take(connection: AbstractConnection, queue_name: str) -> bytes:
    async with connection.channel() as channel:
        await channel.set_qos(1)
        queue = await channel.get_queue(queue_name, ensure=False)
        async with queue.iterator(timeout=ARRIVES_WITHIN_SECONDS) as messages:
            message = await anext(messages)
            await message.ack()
            return message.body


async def _discard(message: AbstractIncomingMessage) -> None:
    await message.ack()


async def test_message_reaches_its_consumers_when_its_sender_publishes(connections: Connections) -> None:
    for key, message in MESSAGES.items():
        if message.via is Via.PROGRESS:
            continue
        sealed = sealed_sample(key)
        await _publish(connections[message.sender], sealed.exchange, sealed.routing_key, sealed.body)
        for consumer in message.consumers:
            assert await _take(connections[consumer], inbox(consumer)) == sealed.body


async def test_progress_reaches_the_replica_that_bound_it_when_published(connections: Connections) -> None:
    sealed = sealed_sample("llm-router.step_progressed.v1")
    async with connections[Service.GATEWAY].channel() as channel:
        queue = await channel.declare_queue(progress_queue("one"), exclusive=True, auto_delete=True)
        await queue.bind(Via.PROGRESS.value, progress_key(the.GENERATION))
        await _publish(connections[Service.LLM_ROUTER], sealed.exchange, sealed.routing_key, sealed.body)
        async with queue.iterator(timeout=ARRIVES_WITHIN_SECONDS) as messages:
            received = await anext(messages)
            await received.ack()
            assert received.body == sealed.body


async def test_service_sees_the_marker_when_it_looks_passively(connections: Connections) -> None:
    for connection in connections.values():
        async with connection.channel() as channel:
            await channel.get_exchange(TOPOLOGY.marker().name, ensure=True)


async def test_service_is_refused_when_it_publishes_where_it_must_not(connections: Connections) -> None:
    for service, connection in connections.items():
        written = {each.via.value for each in MESSAGES.values() if each.sender is service}
        for exchange in {*({via.value for via in Via} - written), "amq.topic", ""}:
            with pytest.raises(ChannelAccessRefused):
                await _publish(connection, exchange, inbox(Service.BILLING), b"{}")


async def test_service_is_refused_when_it_reads_anothers_queue(connections: Connections) -> None:
    for service, connection in connections.items():
        others = {inbox(each) for each in Service if each is not service}
        for other in others if service is Service.BILLING else others | {HISTORY}:
            async with connection.channel() as channel:
                await channel.set_qos(1)
                queue = await channel.get_queue(other, ensure=False)
                with pytest.raises(ChannelAccessRefused):
                    await queue.consume(_discard)


async def test_service_is_refused_when_it_declares_or_binds(connections: Connections) -> None:
    for service, connection in connections.items():
        async with connection.channel() as channel:
            with pytest.raises(ChannelAccessRefused):
                await channel.declare_queue("mine")
        async with connection.channel() as channel:
            queue = await channel.get_queue(inbox(service), ensure=False)
            with pytest.raises(ChannelAccessRefused):
                await queue.bind(Via.COMMANDS.value, "#")
