"""Two things that end a run come at the same moment, at each step: one terminal state, the hold closed, paid once."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import httpx
import pytest
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

STEPS = ("architecture", "backend", "frontend", "devops", "security_audit")
MOMENTS = ("begun", "asked", "completed")
"""Of a step: told to have begun, its model just asked, told to be completed."""

DEADLINE_NOW = """
UPDATE jobs SET due_at = now() WHERE kind = 'run_deadline' AND starts_with(key, $1)"""
WAKE = "SELECT pg_notify('autocrea_jobs_added', 'run_deadline')"

Interfere = Callable[[Person, str], Awaitable[None]]


async def cancel(person: Person, generation_id: str) -> None:
    answer = await person.request("POST", f"/api/generations/{generation_id}/cancel")
    assert answer.status_code in (httpx.codes.ACCEPTED, httpx.codes.CONFLICT), answer.text


async def told(person: Person, generation_id: str, what: str) -> None:
    """Read the feed up to this event, or to its end."""
    seen = 0
    while True:
        events = await person.stream(generation_id, seen, count=1)
        named = [event for event in events if event.id is not None]
        if not named or named[-1].what == what:
            return
        seen = named[-1].id or 0


async def reached(
    stack: Stack, person: Person, generation_id: str, project: str, step: str, moment: str
) -> None:
    """Wait for the moment."""
    if moment == "asked":
        await eventually(lambda: stack.simulated.calls(project=project, step=step), what="the model is asked")
    else:
        await told(person, generation_id, f"step_{'started' if moment == 'begun' else 'completed'} {step}")


async def count(stack: Stack, service: str, table: str, condition: str, generations: list[UUID]) -> int:
    """How many rows of these generations there are."""
    ids = ", ".join(f"'{one}'" for one in generations)
    query = f"SELECT count(*) FROM {table} WHERE ({condition}) AND generation_id IN ({ids})"
    return int((await stack.fetch(service, query))[0][0])


async def race(stack: Stack, step: str, interfere: Interfere, ends: set[str]) -> None:
    """A generation for each moment of the step, interfered with then."""
    async with stack.person(tokens=50 * len(MOMENTS)) as person:

        async def one(moment: str) -> None:
            project = f"carrera-{step}-{moment}-{person.user_id}"
            generation_id = await person.generate(project)
            await reached(stack, person, generation_id, project, step, moment)
            await interfere(person, generation_id)
            events = await person.follow(generation_id)
            assert [event.id for event in events] == list(range(1, len(events) + 1))
            assert events[-1].name in ends
            assert not [event for event in events[:-1] if event.name in ends]
            assert await person.stream(generation_id, len(events)) == [], "something follows the end"

        await asyncio.gather(*(one(moment) for moment in MOMENTS))

        async def nothing_held() -> bool:
            return bool((await person.balance())["held"] == 0)

        await eventually(nothing_held, what="every hold is closed")


async def test_one_end_when_a_cancel_meets_a_completion_at_each_step(stack: Stack) -> None:
    ends = {"generation_completed", "generation_cancelled"}
    await asyncio.gather(*(race(stack, step, cancel, ends) for step in STEPS))


async def test_one_end_when_the_deadline_meets_a_reply_at_each_step(stack: Stack) -> None:
    connection = await asyncpg.connect(stack.places.admin_url("orchestrator"))
    lock = asyncio.Lock()  # one connection, one statement at a time

    async def deadline(_person: Person, generation_id: str) -> None:
        async with lock:
            await connection.execute(DEADLINE_NOW, generation_id)
            await connection.execute(WAKE)

    try:
        ends = {"generation_completed", "generation_failed"}
        await asyncio.gather(*(race(stack, step, deadline, ends) for step in STEPS))
    finally:
        await connection.close()


async def test_one_end_and_no_word_kept_when_the_project_is_deleted_at_each_step(stack: Stack) -> None:
    async def delete_at(step: str) -> list[UUID]:
        """Of one person, who may have three generations open: one for each moment of the step."""
        async with stack.person(tokens=50 * len(MOMENTS)) as person:

            async def one(moment: str) -> UUID:
                project = f"borrada-{step}-{moment}-{person.user_id}"
                generation_id = await person.generate(project)
                project_id = (await person.generation(generation_id))["project_id"]
                await reached(stack, person, generation_id, project, step, moment)
                answer = await person.request("DELETE", f"/api/projects/{project_id}")
                assert answer.status_code == httpx.codes.NO_CONTENT, answer.text
                return UUID(generation_id)

            return await asyncio.gather(*(one(moment) for moment in MOMENTS))

    deleted = [id_ for ids in await asyncio.gather(*(delete_at(step) for step in STEPS)) for id_ in ids]

    ended = "('cancelled', 'completed', 'completed_with_warnings')"
    unwanted = {
        ("orchestrator", "sagas"): f"run_state NOT IN {ended} OR prompt IS NOT NULL",
        ("orchestrator", "step_outputs"): "true",
        ("artifacts", "files"): "true",
        ("artifacts", "archives"): "state <> 'erased'",
        ("billing", "holds"): "state = 'open'",
    }

    async def kept() -> dict[tuple[str, str], int]:
        counts = {
            place: await count(stack, *place, condition, deleted) for place, condition in unwanted.items()
        }
        return {place: number for place, number in counts.items() if number}

    async def forgotten() -> bool:
        left.clear()
        left.update(await kept())
        return not left

    left: dict[tuple[str, str], int] = {}
    try:
        what = "every run has ended, and no prompt, output, file or archive is kept"
        await eventually(forgotten, timeout_seconds=60, what=what)  # fifteen runs at once
    except AssertionError as late:
        late.add_note(f"kept: {left}")
        raise


@pytest.mark.parametrize("step", STEPS)
async def test_the_retry_completes_when_a_reply_of_the_earlier_run_comes_late(
    stack: Stack, step: str
) -> None:
    project = f"tardia-{step}"
    async with (
        stack.person() as person,
        stack.simulated.rule(
            match={"project": project, "step": step, "nth": 1}, effect={"first_token_delay_seconds": 0.4}
        ),
    ):
        generation_id = await person.generate(project)

        await reached(stack, person, generation_id, project, step, "asked")
        with stack.frozen("llm-router"):  # neither the stop nor the model's answer reach it now
            await cancel(person, generation_id)
            first = await person.end(generation_id)
            assert first.name == "generation_cancelled"
            answer = await person.request("POST", f"/api/generations/{generation_id}/retry")
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        end = await person.end(generation_id, run=2)
        assert end.name == "generation_completed"
        assert end.data["net_tokens"] <= 50
