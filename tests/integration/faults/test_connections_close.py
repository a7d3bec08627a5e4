"""The broker closes every connection of every service in the middle of a load: nothing is lost."""

import asyncio

from autocrea.testkit.load import load_on
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import SERVICES
from autocrea.testkit.waiting import eventually

GENERATIONS = 6
CONSUMERS_BACK_SECONDS = 15


async def test_all_complete_when_the_broker_closes_all_connections(stack: Stack) -> None:
    attached = {service: times_attached(stack, service) for service in SERVICES}
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        await asyncio.gather(*(stack.close_connections(service) for service in SERVICES))
        assert load.goes_on()

        def all_are_back() -> bool:
            return all(times_attached(stack, service) > attached[service] for service in SERVICES)

        await eventually(all_are_back, timeout_seconds=CONSUMERS_BACK_SECONDS, what="the consumers are back")
        await load.completes()


def times_attached(stack: Stack, service: str) -> int:
    return stack.processes[service].log.count("consumers attached")
