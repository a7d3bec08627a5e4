"""How deep the queues are and who consumes them, asked of the broker itself over AMQP."""

import asyncio
from collections.abc import Sequence

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelClosed
from autocrea.chassis.broker import BROKER_ERRORS, cancellations_told, connect
from autocrea.chassis.errors import Unavailable
from autocrea.contracts.topology import TOPOLOGY
from autocrea.gateway.domain.operations import QueueDepth
from pydantic import SecretStr

ANSWER_SECONDS = 3.0  # an operator waits; a broker under an alarm may not answer at all


class BrokerQueues:
    """Looks with a connection of its own, made for the look: it is rare, and shares no channel that a 404 closes."""

    def __init__(self, url: SecretStr) -> None:
        self._url = url

    async def depths(self) -> Sequence[QueueDepth]:
        """Every queue of the topology; raises `Unavailable`."""
        try:
            with cancellations_told():
                async with asyncio.timeout(ANSWER_SECONDS):
                    connection = await connect(
                        self._url,
                        client_properties={"connection_name": "autocrea-gateway.operations"},
                    )
                    async with connection:
                        return [await _depth(connection, queue.name) for queue in TOPOLOGY.queues]
        except BROKER_ERRORS as error:
            raise Unavailable(f"the broker does not answer ({type(error).__name__})") from error


async def _depth(connection: AbstractConnection, name: str) -> QueueDepth:
    channel = await connection.channel()
    try:
        queue = await channel.declare_queue(name, passive=True)
    except ChannelClosed:  # there is no such queue: the channel is gone with the answer
        return QueueDepth(name, None, None)
    await channel.close()
    result = queue.declaration_result
    return QueueDepth(name, result.message_count, result.consumer_count)
