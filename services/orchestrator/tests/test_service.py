"""The service as a process of its own, on a real broker and database; the other ends answer over that broker."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from autocrea.contracts.artifacts.v1 import StoreStepFiles
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.gateway.v1 import GenerationRequested, ProjectDeleted
from autocrea.contracts.llm_router.v1 import CancelStep, ExecuteStep
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationCompleted,
    PipelinePublished,
    StepAttemptFailed,
    StepCompleted,
)
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.entrypoints.messages import VERIFY_LEASE_SECONDS
from autocrea.testkit.downtime import let_time_pass
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.waiting import eventually
from saga_house import House
from saga_house import house as open_house
from saga_values import ADA, GENERATION, PROJECT, cancel, output_of, request_message, reserved

pytestmark = pytest.mark.timeout(180)
WEBAPP = next(one for one in PipelineFolders().pipelines() if one.name == "webapp")


@pytest.fixture
async def house(make_database: MakeDatabase, vhost: Vhost, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(vhost, await make_database("autocrea.orchestrator"), tmp_path) as house:
        await house.process.start()
        yield house


def request() -> GenerationRequested:
    return request_message(pipeline_digest=WEBAPP.digest, quote_tokens=WEBAPP.quote_tokens)


async def executing(house: House, step: str) -> ExecuteStep:
    """The last command to write that step."""

    def told() -> list[ExecuteStep]:
        return [m for m in house.heard["llm-router"] if isinstance(m, ExecuteStep) and m.step == step]

    found: list[ExecuteStep] = await eventually(told, what=f"{step} is executed")
    return found[-1]


async def test_pipeline_is_published_at_every_start(house: House) -> None:
    def published() -> list[PipelinePublished]:
        told = [m for m in house.heard["gateway"] if isinstance(m, PipelinePublished)]
        return [m for m in told if m.pipeline == WEBAPP.name]

    (first,) = await eventually(published)
    assert (first.revision, first.digest, first.quote_tokens) == (1, WEBAPP.digest, 50)
    house.process.signal(signal.SIGTERM)
    assert await house.process.wait() == 0
    await house.process.start()
    await eventually(lambda: [m.revision for m in published()] == [1, 2])


async def test_generation_completes_and_the_prompts_are_what_was_promised(house: House) -> None:
    await house.say("gateway", request())
    terminal = await house.terminal()
    assert isinstance(terminal, GenerationCompleted)
    assert (terminal.warnings, len(terminal.steps)) == (0, 5)
    audit = await executing(house, "security_audit")
    for part in (
        "## This step\n\nProject: mi-super-app\nStep: security_audit\nAttempt: 1\nLanguage: es\n",
        "## Contract",
        "app = fastapi.FastAPI()",
        "<request>\nUna agenda de contactos\n</request>",
    ):
        assert part in audit.prompt.user
    stored = [m for m in house.heard["artifacts"] if isinstance(m, StoreStepFiles)]
    assert {m.step for m in stored} == {step.name for step in WEBAPP.steps}
    assert await house.fetch("SELECT 1 FROM jobs WHERE kind IN ('run_deadline', 'verify_step')") == []
    assert await house.fetch("SELECT 1 FROM dead_letters") == []


async def test_broken_file_is_repaired_and_the_platform_pays(house: House) -> None:
    house.router.outputs[("backend", 1)] = output_of(
        "backend", {"backend/main.py": "import fastapi\ndef f(:\n"}
    )
    await house.say("gateway", request())
    assert isinstance(await house.terminal(), GenerationCompleted)
    events = await house.feed()
    (failed,) = [event for event in events if isinstance(event, StepAttemptFailed)]
    assert [(one.rule, one.path, one.line) for one in failed.findings] == [
        ("syntax_python", "backend/main.py", 2)
    ]
    repair = await executing(house, "backend")
    assert repair.attempt == 2
    assert "`backend/main.py`, line 2: Not valid python" in repair.prompt.user
    completed = [event for event in events if isinstance(event, StepCompleted) and event.step == "backend"]
    assert [event.attempt for event in completed] == [2]


async def test_generation_goes_on_when_the_process_is_killed_again_and_again(house: House) -> None:
    await house.say("gateway", request())
    for step in ("architecture", "backend", "devops"):
        await executing(house, step)
        await house.process.kill()
        await let_time_pass(house.database_url, VERIFY_LEASE_SECONDS)
        await house.process.start()
    assert isinstance(await house.terminal(), GenerationCompleted)
    assert len(house.router.calls) == len(set(house.router.calls))


async def test_cancelled_generation_ends_once_and_late_answers_change_nothing(house: House) -> None:
    house.muted.add("llm-router")
    await house.say("gateway", request())
    command = await executing(house, "architecture")
    await house.say("gateway", cancel())
    terminal = await house.terminal()
    assert isinstance(terminal, GenerationCancelled)
    assert any(isinstance(m, CancelStep) for m in house.heard["llm-router"])
    house.router.closed.clear()
    late = tuple(house.router.receive(command))
    assert late
    await house.say("llm-router", *late)

    async def handled() -> bool:
        rows = await house.fetch("SELECT count(*) AS n FROM inbox WHERE id = $1", late[0].message_id())
        return bool(rows[0]["n"])

    await eventually(handled, what="the late answer is handled")
    assert (await house.feed())[-1] == terminal
    assert await house.fetch("SELECT 1 FROM step_outputs") == []


async def test_run_ends_at_our_cost_when_a_message_cannot_be_handled(house: House) -> None:
    house.muted.add("billing")
    await house.say("gateway", request())
    await eventually(lambda: house.heard["billing"], what="the tokens are to be held")
    await house.say("billing", reserved(models=()))
    await eventually(lambda: len(house.heard["billing"]) == 2, what="the run settles")
    settle = house.heard["billing"][-1]
    assert isinstance(settle, SettleTokens)
    assert (settle.outcome, settle.fault, set(settle.charges.values())) == ("failed", "internal", {0})
    letters = await house.fetch("SELECT type FROM dead_letters")
    assert [row["type"] for row in letters] == ["billing.tokens_reserved.v1"]


async def test_nothing_of_a_deleted_project_stays(house: House) -> None:
    await house.say("gateway", request())
    await house.terminal()
    await house.say("gateway", ProjectDeleted(project_id=PROJECT, user_id=ADA, generation_ids=(GENERATION,)))

    async def erased() -> bool:
        return bool(await house.fetch("SELECT 1 FROM sagas WHERE prompt IS NULL"))

    await eventually(erased, what="the prompt is gone")
    assert await house.fetch("SELECT 1 FROM step_outputs") == []
    states = await house.fetch("SELECT state::text AS state FROM sagas")
    assert "mi-super-app" not in states[0]["state"]


async def test_operator_reads_how_a_generation_stands(house: House) -> None:
    await house.say("gateway", request())
    await house.terminal()
    story = await _story(house, str(GENERATION), token="operator")
    assert (story.status_code, story.json()["own"]["state"]) == (200, "completed")
    assert [step["attempt"] for step in story.json()["own"]["steps"]] == [1] * 5
    told = [message["type"] for message in story.json()["messages"]]
    assert (told[0], told[-1]) == (ReserveTokens.type, GenerationCompleted.type)
    assert (await _story(house, str(GENERATION), token="guess")).status_code == 401
    unknown = (await _story(house, str(PROJECT), token="operator")).json()
    assert (unknown["messages"], unknown["own"]) == ([], {})


async def _story(house: House, generation: str, *, token: str) -> httpx.Response:
    url = f"{house.process.url}/operator/story/{generation}"
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url, headers={"Authorization": f"Bearer {token}"})
