"""Whatever a model does to a call, end to end: bounded time, the right class, a whole output or an honest failure.

On a stack of its own: its clocks are short, and the breakers that its faults open are nobody else's.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import pytest
import pytest_asyncio
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack, running_stack
from autocrea.testkit.waiting import eventually

pytestmark = [pytest.mark.xdist_group("model_calls"), pytest.mark.timeout(240)]

FIRST_TOKEN_SECONDS, SILENCE_SECONDS = 4, 3  # a busy machine delays a healthy token by one or two
SETTINGS = {
    "AUTOCREA_LLM_ROUTER_FIRST_TOKEN_SECONDS": str(FIRST_TOKEN_SECONDS),
    "AUTOCREA_LLM_ROUTER_SILENCE_SECONDS": str(SILENCE_SECONDS),
    "AUTOCREA_GATEWAY_OPEN_GENERATIONS_MAX": "32",
    "AUTOCREA_BILLING_ABSORBED_DAILY_MAX_TOKENS": "100000",
}
PROVIDERS = ("joxcoder", "openai", "anthropic")
TOKENS = 50  # what a generation reserves
STEP = "devops"  # by then the models have answered thrice: what fails here opens no breaker
BOUND_SECONDS = 90.0
"""Of a run in which something went wrong: at most two clocks for each of five models; a call that hangs takes 600."""

CLOSE_BREAKERS = """
UPDATE providers SET open_until = NULL, open_reason = NULL, probe_until = NULL, failed_probes = 0, closed_at = now()"""
JOXCODER, CLAUDE = "joxcoder-1", "claude-haiku-5-5"
FOREVER = 600


class Case(NamedTuple):
    """What one call does to a step, and how the step's calls then end."""

    effect: dict[str, Any]
    outcomes: tuple[str, ...]
    model: str = JOXCODER


RETRIED = ("retry_same", "completed")
MENDED = {
    "mudo": Case({"first_token_delay_seconds": FOREVER}, RETRIED),
    "mudovivo": Case({"first_token_delay_seconds": FOREVER, "keep_alive_seconds": 0.2}, RETRIED),
    "callado": Case({"stall_after_chars": 200}, RETRIED),
    "calladovivo": Case({"stall_after_chars": 200, "keep_alive_seconds": 0.2}, RETRIED, CLAUDE),
    "limite": Case({"error": "rate_limit"}, RETRIED),
    "limitedicho": Case({"error": "rate_limit", "headers": {"retry-after": "1"}}, RETRIED),
    "lleno": Case({"error": "overloaded"}, RETRIED, CLAUDE),
    "llenodentro": Case({"error": "overloaded", "error_after_chars": 300}, RETRIED, CLAUDE),
    "averiadentro": Case({"status": 500, "error_after_chars": 300}, RETRIED),
    "sinjson": Case({"bad_json_after_chars": 300}, RETRIED),
    "cortado": Case({"drop_after_chars": 300}, RETRIED),
    "corto": Case({"length_after_chars": 1_500}, ("truncated", "completed")),
    "sinfin": Case({"omit_end_marker": True}, ("truncated", "completed")),
    "charla": Case({"text": "Lo siento, hoy no me sale."}, ("invalid", "completed")),
}
TWIN = "gemela"
"""The same application, untroubled."""


class Failing(NamedTuple):
    """What every call does to a step, the fault that the run ends with, and how its calls ended."""

    effect: dict[str, Any]
    fault: str
    outcomes: set[str]
    calls: int | None = None


FOR_GOOD = {
    "negado": Failing({"refuse_after_chars": 20}, "content_refused", {"refused"}, 1),
    "basura": Failing({"text": "}{ ¿qué?"}, "output_invalid", {"invalid"}, 2),
    "tronco": Failing({"length_after_chars": 60}, "output_truncated", {"truncated"}),
    "silencio": Failing({"stall_after_chars": 200}, "provider_unavailable", {"retry_same"}),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quick_stack(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("quick-stack")
    async with running_stack(
        folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=SETTINGS, providers=PROVIDERS
    ) as stack:
        yield stack


@pytest.fixture
async def stack(quick_stack: Stack) -> AsyncIterator[Stack]:
    """Every test begins with closed breakers, and leaves nothing for the checker to find."""
    await models_again(quick_stack)
    yield quick_stack
    assert await quick_stack.checker.findings() == []


async def test_output_is_whole_whatever_one_call_does(stack: Stack) -> None:
    async with stack.person(tokens=TOKENS * (len(MENDED) + 2)) as person:
        untroubled = files(await delivered(person, TWIN))
        archives = await asyncio.gather(*(mended(stack, person, name) for name in MENDED))
    for name, archive in zip(MENDED, archives, strict=True):
        assert files(archive) == renamed(untroubled, TWIN, name), name


async def mended(stack: Stack, person: Person, name: str) -> bytes:
    """The archive of a generation one of whose calls goes wrong; its calls are the case's, in the log and told."""
    case = MENDED[name]
    async with stack.simulated.rule(match={"project": name, "step": STEP}, effect=case.effect, times=1):
        generation_id, archive = await delivered_with_id(person, name, case.model)
    calls = await calls_of(person, generation_id)
    assert tuple(call["outcome"] for call in calls) == case.outcomes, name
    models = {call["model"] for call in calls}
    assert models == {case.model}, "one failure takes nobody to another model"
    heard = await stack.simulated.calls(project=name, step=STEP)
    assert [call["call_id"] for call in heard] == [call["call_id"] for call in calls], name
    return archive


async def test_run_fails_honestly_when_no_call_yields_an_output(stack: Stack) -> None:
    async with stack.person(tokens=TOKENS * len(FOR_GOOD)) as person:
        await asyncio.gather(*(failed(stack, person, name) for name in FOR_GOOD))
        assert (await person.balance())["held"] == 0


async def failed(stack: Stack, person: Person, name: str) -> None:
    """A generation all of whose calls go wrong; nobody downloads what there is not."""
    case = FOR_GOOD[name]
    async with stack.simulated.rule(match={"project": name, "step": STEP}, effect=case.effect):
        generation_id = await person.generate(name)
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
    assert (end.name, end.data["fault"]) == ("generation_failed", case.fault), name
    calls = await calls_of(person, generation_id)
    assert {call["outcome"] for call in calls} == case.outcomes, name
    assert case.calls in (None, len(calls)), name
    assert len(await stack.simulated.calls(project=name, step=STEP)) == len(calls), name
    answer = await person.request("GET", f"/api/generations/{generation_id}/archive")
    assert answer.status_code != 200, name


@pytest.mark.parametrize("error", ["invalid_key", "spend_cap"])
async def test_next_provider_answers_when_the_account_is_the_trouble(stack: Stack, error: str) -> None:
    project = f"cuenta-{error}"
    async with (
        stack.person(tokens=TOKENS) as person,
        stack.simulated.rule(match={"project": project, "provider": "joxcoder"}, effect={"error": error}),
    ):
        generation_id = await person.generate(project)
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
        assert end.name == "generation_completed"
        calls = await calls_of(person, generation_id, "architecture")
    assert [(call["provider"], call["outcome"]) for call in calls] == [
        ("joxcoder", "account"),
        ("openai", "completed"),
    ]
    asked = await stack.simulated.calls(project=project, provider="joxcoder")
    assert len(asked) == 1, "a key that is refused is not tried again by the steps that follow"


async def test_fault_is_the_account_when_no_provider_has_one(stack: Stack) -> None:
    project = "sin-cuenta"
    async with (
        stack.person(tokens=TOKENS) as person,
        stack.simulated.rule(match={"project": project}, effect={"error": "spend_cap"}),
    ):
        generation_id = await person.generate(project)
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
        assert (end.name, end.data["fault"]) == ("generation_failed", "provider_account")
        calls = await calls_of(person, generation_id, "architecture")
    assert len({call["model"] for call in calls}) == len(calls), "each model was asked once"


async def test_one_probe_goes_first_when_a_provider_that_was_down_is_healed(stack: Stack) -> None:
    """Six people's first calls come at once: one of them tries the provider, the others do not wait for it."""
    burst, probe_seconds = 6, 2.5
    joxcoder = {"provider": "joxcoder"}
    async with stack.person(tokens=TOKENS * (2 * burst + 1)) as person:
        async with stack.simulated.rule(match=joxcoder, effect={"status": 503}):
            down = [f"caida-{n}" for n in range(burst)]
            await asyncio.gather(*(delivered(person, project) for project in down))
        asked = await stack.simulated.calls(**joxcoder, status="503")
        assert 5 <= len(asked) <= 3 * burst, "its breaker opened: the steps that followed left it alone"

        await eventually(lambda: cooled_down(stack), timeout_seconds=70, what="the cooldown is over")
        before = len(await stack.simulated.calls(**joxcoder))
        slow = {"first_token_delay_seconds": probe_seconds}
        async with stack.simulated.rule(match=joxcoder, effect=slow, times=1):
            healed = [f"sanada-{n}" for n in range(burst)]
            ids = await asyncio.gather(*(person.generate(project) for project in healed))
            ends = await asyncio.gather(*(person.end(one, timeout_seconds=BOUND_SECONDS) for one in ids))
        assert {end.name for end in ends} == {"generation_completed"}
        probe, *later = (await stack.simulated.calls(**joxcoder))[before:]
        spoke = moment(probe) + timedelta(seconds=probe_seconds)
        assert probe["outcome"] == "finished"
        assert [call for call in later if moment(call) < spoke] == [], "one probe, and nobody beside it"
        assert later, "once it has spoken, it is asked again"
        architects = [(await calls_of(person, one, "architecture"))[-1]["provider"] for one in ids]
        assert 1 <= architects.count("joxcoder") < burst, "the others were answered by the next provider"
        await delivered(person, "despues")
    last = await stack.simulated.calls(project="despues")
    assert {call["provider"] for call in last} == {"joxcoder"}


async def test_output_is_whole_when_the_router_is_killed_during_a_call(stack: Stack) -> None:
    project = "muerte"
    hung = {"stall_after_chars": 200}
    async with stack.person(tokens=TOKENS * 2) as person:
        expected = files(await delivered(person, "vida"))
        async with stack.simulated.rule(match={"project": project, "step": STEP}, effect=hung, times=1):
            generation_id = await person.generate(project)
            await eventually(lambda: stack.simulated.calls(project=project, step=STEP))
            await stack.kill("llm-router")
        # Its lease runs out; a test need not wait for that.
        await at_router(stack, "UPDATE jobs SET leased_until = now() WHERE kind = 'execute_step'")
        await stack.restart("llm-router")
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
        assert end.name == "generation_completed"
        archive = (await person.download(generation_id)).content
    assert files(archive) == renamed(expected, "vida", project)
    heard = [call["outcome"] for call in await stack.simulated.calls(project=project, step=STEP)]
    assert heard == ["aborted", "finished"]


async def delivered(person: Person, project: str, model: str = JOXCODER) -> bytes:
    """The archive of a generation that completes in time."""
    return (await delivered_with_id(person, project, model))[1]


async def delivered_with_id(person: Person, project: str, model: str) -> tuple[str, bytes]:
    generation_id = await person.generate(project, model_preference=model)
    end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
    assert end.name == "generation_completed", (project, end.data)
    return generation_id, (await person.download(generation_id)).content


async def calls_of(person: Person, generation_id: str, step: str = STEP) -> list[dict[str, Any]]:
    """The calls of a step as people are told of them."""
    known = await person.generation(generation_id)
    (found,) = [one for one in known["steps"] if one["step"] == step]
    return list(found["calls"])


def files(archive: bytes) -> dict[str, str]:
    """The application's files; the manifest names the generation and is each one's own."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist() if name != MANIFEST_NAME}


def renamed(application: dict[str, str], project: str, to: str) -> dict[str, str]:
    """The application as another project has it: the project's name is in some files."""
    return {path: text.replace(project, to) for path, text in application.items()}


def moment(call: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(call["time"])


async def models_again(stack: Stack) -> None:
    """Close every breaker and forget what was counted; a router that starts says that its models are there."""
    shut = await at_router(stack, "SELECT 1 FROM providers WHERE open_until IS NOT NULL")
    if shut:
        await stack.end(["llm-router"])
    await at_router(stack, CLOSE_BREAKERS)
    if shut:
        await stack.restart("llm-router")
        await stack.ready()


async def cooled_down(stack: Stack) -> bool:
    query = "SELECT open_until < now() FROM providers WHERE provider = 'joxcoder' AND open_until IS NOT NULL"
    return [row[0] for row in await at_router(stack, query)] == [True]


async def at_router(stack: Stack, query: str) -> list[asyncpg.Record]:
    """Ask the router's database as its administrator."""
    connection = await asyncpg.connect(stack.places.admin_url("llm-router"))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()
