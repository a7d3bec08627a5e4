"""What the consumer does with deliveries when acknowledging or the database fails; its neighbours are stand-ins."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aio_pika.exceptions import ChannelInvalidStateError
from autocrea.chassis import consumer as consuming
from autocrea.chassis.consumer import Consumer
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.items import Item, Silent
from autocrea.chassis.registry import Registry
from autocrea.contracts.billing.v1 import ReserveTokens
from autocrea.contracts.envelope import Sealed
from autocrea.testkit.stage import reserve
from autocrea.testkit.waiting import eventually


@dataclass
class Message:
    """A delivery; `fails` is what acknowledging it raises."""

    body: bytes = field(default_factory=lambda: reserve().body)
    redelivered: bool = False
    fails: BaseException | None = None
    acked: bool = False
    type: str = "billing.reserve_tokens.v1"

    async def ack(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.acked = True


@dataclass
class Batch:
    """Handles everything, while `answers` is set and the gate is open."""

    answers: bool = True
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    runs: list[list[Item]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    async def run(self, items: Sequence[Item]) -> list[Sealed]:
        self.runs.append(list(items))
        await self.gate.wait()
        if not self.answers:
            raise Unavailable("the database is away")
        return []


class Outbox:
    async def send_now(self, messages: Sequence[Sealed]) -> None:
        assert not messages


@dataclass
class Bench:
    consumer: Consumer
    batch: Batch
    handed_back: list[int]

    async def deliver(self, *messages: Message) -> None:
        for message in messages:
            await self.consumer.deliver(cast("Any", message))


@asynccontextmanager
async def bench(*, answers: bool = True) -> AsyncIterator[Bench]:
    registry: Registry[Any, Any] = Registry()
    registry.on(ReserveTokens, Silent())
    batch, handed_back = Batch(answers), list[int]()
    consumer = Consumer(
        registry,
        cast("Any", batch),
        cast("Any", Outbox()),
        cast("Any", None),
        lambda: handed_back.append(len(batch.runs)),
    )
    running = asyncio.create_task(consumer.run())
    try:
        yield Bench(consumer, batch, handed_back)
        assert not running.done(), "the consumer died"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("error", [ChannelInvalidStateError("closed"), asyncio.CancelledError()])
async def test_the_rest_of_a_batch_is_acknowledged_when_one_delivery_cannot_be(error: BaseException) -> None:
    """Its channel may be an older one than its neighbours', and the library cancels whoever waits for a silent one."""
    lost, alive = Message(fails=error), Message()
    async with bench() as at:
        await at.deliver(lost, alive)
        await eventually(lambda: alive.acked, what="the neighbour is acknowledged")
    assert [len(run) for run in at.batch.runs] == [2]


async def test_only_jobs_go_on_waiting_when_the_broker_has_taken_deliveries_back() -> None:
    busy, stale, fresh = Message(), Message(), Message(redelivered=True)
    async with bench() as at:
        at.batch.gate.clear()
        await at.deliver(busy)
        await eventually(lambda: at.batch.runs, what="a batch is being decided")
        await at.deliver(stale)
        submitting = asyncio.create_task(at.consumer.submit(Item("work", Silent(), None)))
        await asyncio.sleep(0)  # lets it hand its item in
        at.consumer.forget_deliveries()
        await at.deliver(fresh)
        at.batch.gate.set()
        await submitting
        await eventually(lambda: fresh.acked)
    assert [[item.type for item in run] for run in at.batch.runs[1:]] == [["work"], [fresh.type]]
    assert not stale.acked


async def test_what_is_redelivered_waits_for_its_neighbours_when_it_arrives_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oldest comes first each time: run at once, one that kills would use up its neighbours' deliveries."""
    monkeypatch.setattr(consuming, "GATHER_SECONDS", 0.5)
    async with bench() as at:
        oldest, *others = (Message(redelivered=True) for _ in range(4))
        await at.deliver(oldest)
        for _ in range(10):
            await asyncio.sleep(0)
        assert at.batch.runs == []
        await at.deliver(*others)
        await eventually(lambda: all(message.acked for message in (oldest, *others)))
    assert [len(run) for run in at.batch.runs] == [1] * 4


async def test_everything_is_handed_back_once_when_the_database_stays_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consuming, "HAND_BACK_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(consuming, "UNAVAILABLE_PAUSE_SECONDS", 0.02)
    async with bench(answers=False) as at:
        first, again = Message(), [Message(redelivered=True) for _ in range(5)]
        await at.deliver(first, *again)
        await eventually(lambda: at.handed_back, what="handed back")
        at.batch.answers = True
        copies = [Message(redelivered=True) for _ in range(6)]
        await at.deliver(*copies)
        await eventually(lambda: all(copy.acked for copy in copies), what="the copies are handled")
    assert len(at.handed_back) == 1, "those that were to run alone were handed back along with the rest"
    assert not any(message.acked for message in (first, *again))
