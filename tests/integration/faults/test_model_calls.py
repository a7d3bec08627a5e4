"""Whatever a model does to a call, end to end: bounded time, the right class, a whole output or an honest failure."""

import asyncio
import io
import zipfile
from typing import Any, NamedTuple

import pytest
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

pytestmark = [pytest.mark.xdist_group("model_calls"), pytest.mark.timeout(240)]

TOKENS = 50  # what a generation reserves
STEP = "devops"  # by then the models have answered thrice: what fails here opens no breaker
BOUND_SECONDS = 90.0
"""Of a run in which something went wrong: at most two clocks for each of five models; a call that hangs takes 600."""

JOXCODER, CLAUDE = "joxcoder-1", "claude-haiku-5-5"
FOREVER = 600
EXPIRE_LEASES = "UPDATE jobs SET leased_until = now() WHERE kind = 'execute_step'"


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
    "recordado": Case({"cached_tokens": 64}, ("completed",), CLAUDE),
    "sincuenta": Case({"omit_usage": True}, ("completed",)),
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
    "vetado": Failing({"error": "moderated"}, "content_refused", {"refused"}, 1),
    "malpedido": Failing({"status": 400}, "request_rejected", {"request"}, 1),
    "basura": Failing({"text": "}{ ¿qué?"}, "output_invalid", {"invalid"}, 2),
    "tronco": Failing({"length_after_chars": 60}, "output_truncated", {"truncated"}),
    "silencio": Failing({"stall_after_chars": 200}, "provider_unavailable", {"retry_same"}),
}


CUT_NUMBERS = range(1, 9)
MARKER_CHARS = 12
"""From the end of a text, or up to three less: inside the marker line that is the last one."""


async def test_output_is_whole_whatever_one_call_does(quick_stack: Stack) -> None:
    async with quick_stack.person(tokens=TOKENS * (len(MENDED) + 2)) as person:
        untroubled = files(await delivered(person, TWIN))
        archives = await asyncio.gather(
            *(mended(quick_stack, person, name, case) for name, case in MENDED.items())
        )
    for name, archive in zip(MENDED, archives, strict=True):
        assert files(archive) == renamed(untroubled, TWIN, name), name


@pytest.mark.parametrize("model", [JOXCODER, CLAUDE])
async def test_output_is_whole_wherever_an_answer_is_cut(quick_stack: Stack, model: str) -> None:
    """In its first line, in the JSON of events, in files, in a marker line, before its last word, and after it."""
    names = [f"mella-{model[:3]}-{number}" for number in (0, *CUT_NUMBERS)]
    twin, *others = names  # names of one length make answers of one length
    async with quick_stack.person(tokens=TOKENS * len(names)) as person:
        untroubled = files(await delivered(person, twin, model))
        (whole,) = await quick_stack.simulated.calls(project=twin, step=STEP)
        cuts = cuts_of(whole["bytes_sent"], 4 * whole["usage"]["output_tokens"])
        archives = await asyncio.gather(
            *(
                mended(quick_stack, person, name, Case(*cut, model))
                for name, cut in zip(others, cuts, strict=True)
            )
        )
    for name, archive in zip(others, archives, strict=True):
        assert files(archive) == renamed(untroubled, twin, name), name


def cuts_of(size_bytes: int, about_chars: int) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """Where an answer is cut, and how the calls then end: it is asked for again unless all of it came."""
    broken = (3, 60, size_bytes // 3, size_bytes // 2, size_bytes - 20, size_bytes - 1)
    return [
        *(({"drop_after_bytes": at}, RETRIED) for at in broken),
        ({"drop_after_chars": about_chars - MARKER_CHARS}, RETRIED),
        ({"drop_after_bytes": size_bytes}, ("completed",)),
    ]


async def mended(stack: Stack, person: Person, name: str, case: Case) -> bytes:
    """The archive of a generation one of whose calls goes wrong; its calls are the case's, in the log and told."""
    async with stack.simulated.rule(match={"project": name, "step": STEP}, effect=case.effect, times=1):
        generation_id, archive = await delivered_with_id(person, name, case.model)
    calls = await person.calls(generation_id, STEP)
    assert tuple(call["outcome"] for call in calls) == case.outcomes, name
    models = {call["model"] for call in calls}
    assert models == {case.model}, "one failure takes nobody to another model"
    heard = await stack.simulated.calls(project=name, step=STEP)
    assert [call["call_id"] for call in heard] == [call["call_id"] for call in calls], name
    return archive


async def test_run_fails_honestly_when_no_call_yields_an_output(quick_stack: Stack) -> None:
    async with quick_stack.person(tokens=TOKENS * len(FOR_GOOD)) as person:
        await asyncio.gather(*(failed(quick_stack, person, name) for name in FOR_GOOD))
        assert (await person.balance())["held"] == 0


async def failed(stack: Stack, person: Person, name: str) -> None:
    """A generation all of whose calls go wrong; nobody downloads what there is not."""
    case = FOR_GOOD[name]
    async with stack.simulated.rule(match={"project": name, "step": STEP}, effect=case.effect):
        generation_id = await person.generate(name)
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
    assert (end.name, end.data["fault"]) == ("generation_failed", case.fault), name
    calls = await person.calls(generation_id, STEP)
    assert {call["outcome"] for call in calls} == case.outcomes, name
    assert case.calls in (None, len(calls)), name
    assert len(await stack.simulated.calls(project=name, step=STEP)) == len(calls), name
    answer = await person.request("GET", f"/api/generations/{generation_id}/archive")
    assert answer.status_code != 200, name


async def test_output_is_whole_when_the_router_is_killed_during_a_call(quick_stack: Stack) -> None:
    project = "muerte"
    hung = {"stall_after_chars": 200}
    async with quick_stack.person(tokens=TOKENS * 2) as person:
        expected = files(await delivered(person, "vida"))
        async with quick_stack.simulated.rule(match={"project": project, "step": STEP}, effect=hung, times=1):
            generation_id = await person.generate(project)
            await eventually(lambda: quick_stack.simulated.calls(project=project, step=STEP))
            await quick_stack.kill("llm-router")
        # Its lease runs out; a test need not wait for that.
        await quick_stack.fetch("llm-router", EXPIRE_LEASES)
        await quick_stack.restart("llm-router")
        end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
        assert end.name == "generation_completed"
        archive = (await person.download(generation_id)).content
    assert files(archive) == renamed(expected, "vida", project)
    heard = [call["outcome"] for call in await quick_stack.simulated.calls(project=project, step=STEP)]
    assert heard == ["aborted", "finished"]


async def delivered(person: Person, project: str, model: str = JOXCODER) -> bytes:
    """The archive of a generation that completes in time."""
    return (await delivered_with_id(person, project, model))[1]


async def delivered_with_id(person: Person, project: str, model: str) -> tuple[str, bytes]:
    generation_id = await person.generate(project, model_preference=model)
    end = await person.end(generation_id, timeout_seconds=BOUND_SECONDS)
    assert end.name == "generation_completed", (project, end.data)
    return generation_id, (await person.download(generation_id)).content


def files(archive: bytes) -> dict[str, str]:
    """The application's files; the manifest names the generation and is each one's own."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist() if name != MANIFEST_NAME}


def renamed(application: dict[str, str], project: str, to: str) -> dict[str, str]:
    """The application as another project has it: the project's name is in some files."""
    return {path: text.replace(project, to) for path, text in application.items()}
