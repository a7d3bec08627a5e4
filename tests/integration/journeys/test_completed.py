"""A generation completes, and what it delivers is an application that runs."""

from autocrea.testkit.stack import Stack


async def test_generation_completes_when_asked_for(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("primera")
        events = await person.follow(generation_id)
        print([(e.id, e.name) for e in events])
        print(await person.generation(generation_id))
        print(await person.balance())
    print(await stack.checker.findings())
