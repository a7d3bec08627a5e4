"""The publishing connection on a real broker."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.message import Via
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.waiting import eventually


@dataclass(frozen=True)
class Said:
    """A message for the publisher."""

    type: str = "billing.balance_changed.v1"
    exchange: str = Via.EVENTS.value
    routing_key: str = "billing.balance_changed.v1"
    correlation_id: str = "c"
    body: bytes = b"{}"
    id: UUID = field(default_factory=uuid4)


async def test_publishing_waits_for_the_connection_when_it_is_being_made(vhost: Vhost) -> None:
    publisher, message = Publisher(vhost.url("billing"), name="test"), Said()
    publishing = asyncio.create_task(publisher.publish([message]))
    await asyncio.sleep(0)  # it runs, and finds no connection
    connecting = asyncio.create_task(publisher.run())
    assert await publishing == {message.id}
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting


async def test_publishing_answers_that_nothing_was_sent_when_there_is_no_broker() -> None:
    publisher = Publisher("amqp://nobody@127.0.0.1:1/", name="test")
    assert await publisher.publish([Said()]) == set()


async def test_all_share_one_channel_when_they_publish_at_once_on_a_new_connection(vhost: Vhost) -> None:
    """A channel that nobody uses stays open until the connection ends, and a connection has two thousand."""
    publisher = Publisher(vhost.url("billing"), name="test")
    connecting = asyncio.create_task(publisher.run())
    await asyncio.gather(*(publisher.publish([Said()]) for _ in range(20)))
    path = f"/api/vhosts/{vhost.name}/channels"
    channels = await eventually(lambda: asyncio.to_thread(vhost.management.request, "GET", path))
    assert len(channels) == 1
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
