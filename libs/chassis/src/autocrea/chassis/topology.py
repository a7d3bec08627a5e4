"""Applies the one table of exchanges, queues and bindings to a broker. Readiness checks it by its marker exchange."""

import aio_pika
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity, ChannelPreconditionFailed
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.contracts.topology import Topology

CONNECT_TIMEOUT_SECONDS = 10.0
OPERATION_TIMEOUT_SECONDS = 30.0  # declaring a quorum queue waits for its replicas


async def apply(url: str, topology: Topology) -> None:
    """Declare everything, the marker last; doing it again changes nothing.

    `url` is a user's who may configure. Raises `Refused(topology_conflict)` when an object exists with other
    arguments, `Unavailable` when the broker does not answer, or does so before its queues have leaders: a second
    after it has started, a stream that is there is still "not found".
    """
    try:
        connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
    except (AMQPError, OSError, TimeoutError) as error:
        raise Unavailable(f"the broker does not answer ({error or type(error).__name__})") from error
    async with connection:
        try:
            await _declare(await connection.channel(), topology)
        except ChannelNotFoundEntity as error:
            raise Unavailable(f"the broker is still starting ({error})", retry_after_seconds=1.0) from error
        except ChannelPreconditionFailed as error:
            raise Refused(
                "topology_conflict",
                f"{error}: it exists with other arguments; move its messages and delete it, then apply again",
            ) from error


async def _declare(channel: aio_pika.abc.AbstractChannel, topology: Topology) -> None:
    timeout = OPERATION_TIMEOUT_SECONDS
    for exchange in topology.exchanges:
        await channel.declare_exchange(exchange.name, exchange.kind, durable=True, timeout=timeout)
    queues = {
        queue.name: await channel.declare_queue(
            queue.name, durable=True, arguments=dict(queue.arguments), timeout=timeout
        )
        for queue in topology.queues
    }
    for binding in topology.bindings:
        await queues[binding.queue].bind(binding.exchange, binding.routing_key, timeout=timeout)
    marker = topology.marker()
    await channel.declare_exchange(marker.name, marker.kind, durable=True, timeout=timeout)
