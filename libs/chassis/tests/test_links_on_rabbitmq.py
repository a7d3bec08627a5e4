"""The two connections when the broker goes silent, and when there is nobody to handle what it delivers."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from autocrea.chassis import broker
from autocrea.chassis.broker import BROKER_ERRORS, connect
from autocrea.chassis.publisher import Publisher
from autocrea.chassis.subscriber import Subscriber, Subscription
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.stage import Stage, reserve
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr

INBOX = "billing.inbox"


@pytest.mark.parametrize("half", ["am", "amqp://billing:a-sec", "amqp://billing:a-sec@127.0.0.1:56x/v"])
async def test_a_broker_is_away_when_only_half_of_a_changed_url_is_there(half: str) -> None:
    with pytest.raises(BROKER_ERRORS, match="cannot be used") as told:
        await connect(SecretStr(half))
    assert "a-sec" not in str(told.value)


async def test_publishing_is_interrupted_and_goes_on_when_the_broker_goes_silent(
    vhost: Vhost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client library cancels whoever waits; passed on, that ended the relay, or left deliveries unacknowledged."""
    monkeypatch.setattr(broker, "HEARTBEAT_SECONDS", 1)  # it waits for six of them
    port = urlsplit(vhost.url("orchestrator")).port or 0
    async with TcpProxy("127.0.0.1", port) as proxy:
        through = vhost.url("orchestrator").replace(f":{port}/", f":{proxy.port}/")
        publisher = Publisher(through, name="test")
        link = asyncio.create_task(publisher.run())
        await eventually(lambda: publisher.connected)
        proxy.freeze()

        async def noticed() -> bool:
            assert await publisher.publish([reserve()], channel="relay") == set()
            return not publisher.connected

        await eventually(noticed, what="the silence is noticed")
        proxy.freeze(False)
        await eventually(lambda: publisher.publish([reserve()], channel="relay"), what="connected again")
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)


async def test_a_delivery_spends_one_try_when_nobody_can_handle_it_for_long(
    vhost: Vhost, tmp_path: Path
) -> None:
    """The broker gives up what it delivered twenty times: a long outage must not use that up."""
    able = asyncio.Event()
    able.set()
    delivered: list[AbstractIncomingMessage] = []

    async def deliver(message: AbstractIncomingMessage) -> None:
        delivered.append(message)

    async def wait_until_able() -> None:
        await able.wait()

    subscriber = Subscriber(
        vhost.url("billing"),
        name="test",
        marker=TOPOLOGY.marker().name,
        subscriptions=[Subscription(INBOX, 10, deliver)],
        able=wait_until_able,
        on_lost=delivered.clear,
    )
    link = asyncio.create_task(subscriber.run())
    await Stage(vhost, "", tmp_path).publish(*(reserve() for _ in range(5)))
    await eventually(lambda: len(delivered) == 5)
    able.clear()
    subscriber.hand_back()
    await eventually(lambda: _ready(vhost), what="the broker has them back")
    await eventually(lambda: subscriber.connected, what="connected again")
    assert not subscriber.attached
    assert await _ready(vhost) == 5, "nobody took them"
    able.set()
    await eventually(lambda: len(delivered) == 5)
    assert [message.headers["x-delivery-count"] for message in delivered] == [1] * 5
    link.cancel()
    await asyncio.gather(link, return_exceptions=True)


async def _ready(vhost: Vhost) -> int:
    """How many messages nobody holds."""
    async with await aio_pika.connect(vhost.admin_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(INBOX, passive=True)
        return queue.declaration_result.message_count or 0
