"""Progress costs nothing where nobody takes it: a slow broker makes it shorter, never a call slower."""

import asyncio
import json
from uuid import UUID

from autocrea.contracts.envelope import Sealed
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.llm_router.adapters.progress import WAITING_MAX, ProgressPublisher
from autocrea.testkit.waiting import eventually
from router_orders import NOW, order


def said(offset: int) -> StepProgressed:
    command = order()
    return StepProgressed(
        generation_id=command.generation_id,
        run=1,
        step=command.step,
        attempt=1,
        call_id=CallId(UUID(int=7)),
        model="joxcoder-1",
        replaced=None,
        path="a.py",
        offset=offset,
        text="x",
        bytes=offset,
        tokens=1,
    )


async def test_what_does_not_fit_is_dropped_and_the_rest_keeps_its_order_when_the_broker_is_slow() -> None:
    again = asyncio.Event()
    sent: list[Sealed] = []

    async def publish(message: Sealed) -> bool:
        await again.wait()
        sent.append(message)
        return False  # and what it loses is not sent again

    publisher = ProgressPublisher(publish, lambda: NOW)
    running = asyncio.create_task(publisher.run())
    for offset in range(10 * WAITING_MAX):
        publisher.offer(said(offset))
    again.set()
    await eventually(lambda: len(sent) >= WAITING_MAX)
    publisher.offer(said(WAITING_MAX))
    await eventually(lambda: len(sent) > WAITING_MAX)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [json.loads(message.body)["data"]["offset"] for message in sent] == list(range(WAITING_MAX + 1))
