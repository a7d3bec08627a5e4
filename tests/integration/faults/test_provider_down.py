"""A provider in trouble, end to end: nobody storms it, others answer, and it is used again as soon as it can be."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

pytestmark = [pytest.mark.xdist_group("model_calls"), pytest.mark.timeout(240)]

TOKENS = 50  # what a generation reserves
BOUND_SECONDS = 90.0  # of a run that goes round a provider that is down
BURST = 6
JOXCODER = {"provider": "joxcoder"}
"""In a rule: whoever asks."""

BREAKER = """
SELECT open_until, failed_probes FROM providers WHERE provider = 'joxcoder' AND open_until IS NOT NULL"""
END_COOLDOWN = "UPDATE providers SET open_until = now() WHERE provider = 'joxcoder'"
RUNNING = "SELECT count(*) FROM jobs WHERE kind = 'execute_step' AND leased_until > now()"
HALF_OPEN = 'autocrea_llm_breaker{model="joxcoder-1",provider="joxcoder"} 1.0'


@pytest.mark.parametrize("error", ["invalid_key", "spend_cap"])
async def test_next_provider_answers_when_the_account_is_the_trouble(quick_stack: Stack, error: str) -> None:
    project = f"cuenta-{error}"
    async with (
        quick_stack.person(tokens=TOKENS) as person,
        quick_stack.simulated.rule(match=JOXCODER | {"project": project}, effect={"error": error}),
    ):
        generation_id = await person.generate(project)
        await completed(person, generation_id)
        calls = await person.calls(generation_id, "architecture")
    assert [(call["provider"], call["outcome"]) for call in calls] == [
        ("joxcoder", "account"),
        ("openai", "completed"),
    ]
    asked = await quick_stack.simulated.calls(**JOXCODER, project=project)
    assert len(asked) == 1, "a key that is refused is not tried again by the steps that follow"


async def test_next_provider_answers_when_a_model_cannot_take_the_prompt(quick_stack: Stack) -> None:
    """Nothing is wrong with the model otherwise: it is asked for the steps that follow."""
    project = "prompt-largo"
    too_long = {"error": "prompt_too_long"}
    async with (
        quick_stack.person(tokens=TOKENS) as person,
        quick_stack.simulated.rule(match=JOXCODER | {"project": project}, effect=too_long, times=1),
    ):
        generation_id = await person.generate(project)
        await completed(person, generation_id)
        first = await person.calls(generation_id, "architecture")
        last = await person.calls(generation_id, "security_audit")
    told = [(call["provider"], call["outcome"]) for call in (*first, *last)]
    assert told == [("joxcoder", "failover"), ("openai", "completed"), ("joxcoder", "completed")]


async def test_fault_is_the_account_when_no_provider_has_one(quick_stack: Stack) -> None:
    project = "sin-cuenta"
    async with (
        quick_stack.person(tokens=TOKENS) as person,
        quick_stack.simulated.rule(match={"project": project}, effect={"error": "spend_cap"}),
    ):
        generation_id = await person.generate(project)
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
        assert (end.name, end.data["fault"]) == ("generation_failed", "provider_account")
        calls = await person.calls(generation_id, "architecture")
    assert len({call["model"] for call in calls}) == len(calls), "each model was asked once"


@pytest.mark.parametrize(
    ("headers", "own_pause_seconds"), [({}, 0.25), ({"retry-after": "6"}, 6.0)], ids=["silent", "told"]
)
async def test_a_provider_is_asked_again_no_sooner_than_it_wants_when_it_is_busy(
    quick_stack: Stack, headers: dict[str, str], own_pause_seconds: float
) -> None:
    """Who was refused waits the pause, at least our own; when the provider named one, everybody else does as well."""
    names = [f"prisa-{len(headers)}-{number}" for number in range(BURST)]
    refusal = {"error": "rate_limit", "headers": headers}
    async with quick_stack.person(tokens=TOKENS * BURST) as person:
        before = len(await quick_stack.simulated.calls(**JOXCODER))
        async with quick_stack.simulated.rule(
            match=JOXCODER | {"project": names[0]}, effect=refusal, times=1
        ):
            ids = [await person.generate(names[0])]
            await eventually(lambda: quick_stack.simulated.calls(project=names[0], outcome="refused"))
        ids += await asyncio.gather(*(person.generate(name) for name in names[1:]))
        if headers:
            await eventually(lambda: running(quick_stack, BURST), what="all wait for their turn")
            assert len(await quick_stack.simulated.calls(**JOXCODER)) == before + 1
        await asyncio.gather(*(completed(person, one) for one in ids))
        told = await person.calls(ids[0], "architecture")
    assert [(call["provider"], call["outcome"]) for call in told] == [
        ("joxcoder", "retry_same"),
        ("joxcoder", "completed"),
    ]
    refused, *later = (await quick_stack.simulated.calls(**JOXCODER))[before:]
    waited = [call for call in later if headers or call["project"] == names[0]]
    first = min(moment(call["time"]) for call in waited)
    assert first - moment(refused["ended"]) >= timedelta(seconds=own_pause_seconds)


async def test_the_next_provider_answers_at_once_when_the_first_asks_for_a_long_pause(
    quick_stack: Stack,
) -> None:
    busy = {"error": "rate_limit", "headers": {"retry-after": "45"}}
    async with quick_stack.person(tokens=TOKENS * 2) as person:
        async with quick_stack.simulated.rule(match=JOXCODER, effect=busy, times=1):
            first = await person.generate("pausa-larga")
            await completed(person, first)
        second = await person.generate("pausa-larga-2")
        await completed(person, second)
        told = await person.calls(first, "architecture")
    assert [(call["provider"], call["outcome"]) for call in told] == [
        ("joxcoder", "retry_same"),
        ("openai", "completed"),
    ]
    ((open_until, _),) = await quick_stack.fetch("llm-router", BREAKER)
    assert open_until > datetime.now(UTC)
    assert len(await quick_stack.simulated.calls(**JOXCODER, project="pausa-larga")) == 1
    assert await quick_stack.simulated.calls(**JOXCODER, project="pausa-larga-2") == []


async def test_one_probe_goes_first_when_a_provider_that_was_down_is_healed(quick_stack: Stack) -> None:
    """Each time the first calls of several applications come at once, and one of them tries the provider."""
    async with quick_stack.person(tokens=TOKENS * (3 * BURST + 1)) as person:
        async with quick_stack.simulated.rule(match=JOXCODER, effect={"status": 503}):
            asked = await heard_by_joxcoder(quick_stack, person, "caida")
            assert 5 <= len(asked) <= 3 * BURST, "its breaker opened: the steps that followed left it alone"
            await eventually(
                lambda: cooled_down(quick_stack), timeout_seconds=40, what="its cooldown is over"
            )
            (probe,) = await heard_by_joxcoder(quick_stack, person, "aun-caida")
            ((open_until, failed_probes),) = await quick_stack.fetch("llm-router", BREAKER)
            assert failed_probes == 1
            assert open_until - moment(probe["ended"]) > timedelta(seconds=29), "the next cooldown is longer"

        # It passes as well; a test need not wait for that.
        await quick_stack.fetch("llm-router", END_COOLDOWN)
        await eventually(lambda: half_open(quick_stack), what="the router knows that it may probe")
        slow = {"first_token_delay_seconds": 2.5}
        async with quick_stack.simulated.rule(match=JOXCODER, effect=slow, times=1):
            probe, *later = await heard_by_joxcoder(quick_stack, person, "sanada")
        assert probe["outcome"] == "finished"
        spoke = moment(probe["time"]) + timedelta(seconds=slow["first_token_delay_seconds"])
        assert [call for call in later if moment(call["time"]) < spoke] == [], (
            "one probe, and nobody beside it"
        )
        assert later, "once it has spoken, it is asked again"
        await completed(person, await person.generate("despues"))
    last = await quick_stack.simulated.calls(project="despues")
    assert {call["provider"] for call in last} == {"joxcoder"}


async def heard_by_joxcoder(stack: Stack, person: Person, project: str) -> list[dict[str, Any]]:
    """The calls that JoxCoder got of a burst of generations, each of which completes; others answer the rest."""
    names = [f"{project}-{number}" for number in range(BURST)]
    ids = await asyncio.gather(*(person.generate(name) for name in names))
    await asyncio.gather(*(completed(person, one) for one in ids))
    return [call for call in await stack.simulated.calls(**JOXCODER) if call["project"] in names]


async def completed(person: Person, generation_id: str) -> None:
    end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
    assert end.name == "generation_completed", end.data


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


async def running(stack: Stack, attempts: int) -> bool:
    return [row[0] for row in await stack.fetch("llm-router", RUNNING)] == [attempts]


async def cooled_down(stack: Stack) -> bool:
    rows = await stack.fetch("llm-router", BREAKER)
    return [row["open_until"] < datetime.now(UTC) for row in rows] == [True]


async def half_open(stack: Stack) -> bool:
    return HALF_OPEN in await stack.processes["llm-router"].body("/metrics")
