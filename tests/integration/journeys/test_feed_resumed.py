"""A feed that is cut and taken up again by its last id tells what an uncut one tells, nothing twice."""

import asyncio

import httpx
from autocrea.testkit.people import TERMINAL, Event, Person
from autocrea.testkit.stack import Stack


async def test_feed_is_whole_when_cut_after_every_event_of_a_running_generation(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("cortada-en-marcha")
        uncut, cut = await asyncio.gather(
            person.stream(generation_id), follow_with_a_cut_after_every_event(person, generation_id)
        )
    assert cut == [event for event in uncut if event.id is not None]
    assert [event.id for event in cut] == list(range(1, len(cut) + 1))


async def test_feed_goes_on_after_any_event_when_the_generation_has_ended(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("cortada-al-final")
        await person.end(generation_id)
        uncut = await person.stream(generation_id)
        assert uncut[-1].name in TERMINAL
        for last in range(1, len(uncut)):
            before = await person.stream(generation_id, count=last)
            assert before + await person.stream(generation_id, after=last) == uncut
        nothing = await person.request(
            "GET", f"/api/generations/{generation_id}/events", headers={"Last-Event-ID": str(len(uncut))}
        )
        assert nothing.status_code == httpx.codes.NO_CONTENT


async def follow_with_a_cut_after_every_event(person: Person, generation_id: str) -> list[Event]:
    """Every connection is closed after its first event with an id."""
    found: list[Event] = []
    while not found or found[-1].name not in TERMINAL:
        news = await person.stream(generation_id, after=len(found), count=1)
        found += [event for event in news if event.id is not None]
    return found
