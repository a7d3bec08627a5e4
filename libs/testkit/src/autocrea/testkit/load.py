"""Several people who want applications at the same time: the load under which parts of a stack are made to fail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from autocrea.testkit.people import Event, Person, charges
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

TOKENS_PER_SECOND = 6_000
"""Of the simulated model: a step takes a good second, so that whatever is done to a part is done in the middle."""

WELCOME_TOKENS = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's generation, followed from the start."""

    person: Person
    generation_id: str
    events: "asyncio.Task[list[Event]]"

    async def is_in_the_middle(self) -> bool:
        """Some steps are completed and others are not."""
        seen = await self.person.generation(self.generation_id)
        states = {step["state"] for step in seen["steps"]}
        return seen["status"] == "running" and "completed" in states and len(states) > 1


class Load:
    """Use with `load_on`."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self._wishes = wishes

    async def in_the_middle(self) -> None:
        """Wait until every generation is in the middle of its run."""

        async def all_are() -> bool:
            assert not any(wish.events.done() for wish in self._wishes), "one has ended already"
            return all(await asyncio.gather(*(wish.is_in_the_middle() for wish in self._wishes)))

        await eventually(all_are, what="all generations are in the middle")

    def goes_on(self) -> bool:
        """Whether none has ended."""
        return not any(wish.events.done() for wish in self._wishes)

    async def completes(self) -> None:
        """Wait until all have ended; each must have completed, told everything once and charged what it told."""
        told = await asyncio.gather(*(wish.events for wish in self._wishes))
        for wish, events in zip(self._wishes, told, strict=True):
            assert [event.id for event in events] == list(range(1, len(events) + 1))
            assert events[-1].name == "generation_completed", events[-1]
            await wish.person.until_available(WELCOME_TOKENS - sum(charges(events).values()))


@asynccontextmanager
async def load_on(stack: Stack, generations: int) -> AsyncIterator[Load]:
    """So many people, each with a generation that has just been accepted."""
    async with AsyncExitStack() as held:
        await held.enter_async_context(
            stack.simulated.rule(match={}, effect={"tokens_per_second": TOKENS_PER_SECOND})
        )
        persons = [await held.enter_async_context(stack.person()) for _ in range(generations)]
        ids = await asyncio.gather(
            *(person.generate(f"carga-{number}") for number, person in enumerate(persons, 1))
        )
        wishes = [
            Wish(person, generation_id, asyncio.create_task(person.follow(generation_id)))
            for person, generation_id in zip(persons, ids, strict=True)
        ]
        try:
            yield Load(wishes)
        finally:
            for wish in wishes:
                wish.events.cancel()
            await asyncio.gather(*(wish.events for wish in wishes), return_exceptions=True)
