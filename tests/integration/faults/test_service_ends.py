"""Each service ends once in the middle of a load and is started again, as its supervisor would: nothing is lost."""

import pytest
from autocrea.testkit.load import load_on
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import SERVICES

GENERATIONS = 6


@pytest.mark.parametrize("service", SERVICES)
async def test_all_complete_when_a_service_is_killed(service: str, stack: Stack) -> None:
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        await stack.kill(service)
        assert load.goes_on()
        await stack.let_time_pass(service)
        await stack.restart(service)
        await load.completes()


@pytest.mark.parametrize("service", SERVICES)
async def test_all_complete_when_a_service_is_told_to_end(service: str, stack: Stack) -> None:
    """It ends well and gives back what it has leased: nobody waits for a lease to run out."""
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        await stack.end([service])
        assert stack.processes[service].exit_code == 0
        assert await stack.fetch(service, "SELECT kind, key FROM jobs WHERE leased_until IS NOT NULL") == []
        await stack.restart(service)
        await load.completes()
