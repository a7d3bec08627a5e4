"""A person stops a generation: what was completed is paid, the rest is given back; what has ended cannot be stopped."""

import asyncio

import httpx
from autocrea.testkit.people import Person, charges
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

STOPPED = [
    "generation_started",
    "step_started architecture",
    "step_completed architecture",
    "step_started backend",
    "step_started frontend",
    "step_completed frontend",
    "generation_cancelled",
]


async def test_only_completed_steps_are_charged_when_stopped_while_a_step_runs(stack: Stack) -> None:
    project = "detenida"
    never = {"first_token_delay_seconds": 600}
    async with (
        stack.person() as person,
        stack.simulated.rule(match={"project": project, "step": "backend"}, effect=never),
    ):
        generation_id = await person.generate(project)
        # All that comes before the end: from then on nothing but the back end is awaited.
        await person.stream(generation_id, count=len(STOPPED) - 1)

        async def backends_calls() -> list[str]:
            calls = await stack.simulated.calls(project=project, step="backend")
            return [call["outcome"] for call in calls]

        await eventually(backends_calls, what="the back end is asked for")
        with stack.frozen("orchestrator"):  # so that none of them comes after the end
            answers = await asyncio.gather(*(cancel(person, generation_id) for _ in range(3)))
        assert all(answer.status_code == httpx.codes.ACCEPTED for answer in answers)
        assert all(answer.json()["cancel_requested"] for answer in answers)

        events = await person.follow(generation_id)
        assert [event.what for event in events] == STOPPED
        end = events[-1].data
        done = charges(events)
        assert end["fault"] == "cancelled_by_user"
        assert {step["step"]: (step["state"], step["net_tokens"]) for step in end["steps"]} == {
            "architecture": ("completed", done["architecture"]),
            "backend": ("cancelled", 0),
            "frontend": ("completed", done["frontend"]),
            "devops": ("skipped", 0),
            "security_audit": ("skipped", 0),
        }
        await person.until_available(100 - done["architecture"] - done["frontend"])
        assert (await person.balance())["held"] == 0

        async def hung_up() -> bool:
            return await backends_calls() == ["aborted"]

        await eventually(hung_up, what="the connection to the provider is closed")
        await assert_refuses_to_stop(person, generation_id)
        assert await person.follow(generation_id) == events


async def test_cancel_is_refused_when_the_generation_has_completed(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("demasiado-tarde")
        events = await person.follow(generation_id)
        assert events[-1].name == "generation_completed"
        await assert_refuses_to_stop(person, generation_id)
        assert await person.follow(generation_id) == events


async def cancel(person: Person, generation_id: str) -> httpx.Response:
    return await person.request("POST", f"/api/generations/{generation_id}/cancel")


async def assert_refuses_to_stop(person: Person, generation_id: str) -> None:
    answer = await cancel(person, generation_id)
    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.CONFLICT, "already_terminal")
