"""Pipelines through the real service: a new step is a folder, a change is published, a generation keeps its own."""

import shutil
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import pytest
from autocrea.contracts.ids import PipelineName, StepName
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationStarted,
    PipelinePublished,
    StepCompleted,
)
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.waiting import eventually
from saga_house import House
from saga_house import house as open_house
from saga_values import output_of, request_message

pytestmark = pytest.mark.timeout(180)

STEP = """output = "files"
depends_on = ["backend"]
cap_tokens = 5
"""
TITLE = """icon = "🧪"
[title]
es = "Escribiendo pruebas"
en = "Writing tests"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the pipelines that the package brings."""
    return Path(shutil.copytree(str(files("autocrea.orchestrator") / "pipelines"), tmp_path / "pipelines"))


@pytest.fixture
async def house(
    make_database: MakeDatabase, vhost: Vhost, tmp_path: Path, folder: Path
) -> AsyncIterator[House]:
    settings = {"AUTOCREA_ORCHESTRATOR_PIPELINES_DIR": str(folder)}
    database = await make_database("autocrea.orchestrator")
    async with open_house(vhost, database, tmp_path, settings=settings) as house:
        yield house


def add_step(folder: Path, toml: str = STEP) -> None:
    step = folder / "webapp" / "steps" / "tests"
    step.mkdir()
    (step / "prompt.md").write_text("Write the tests.")
    (step / "step.toml").write_text(toml)


def webapp(folder: Path) -> Pipeline:
    return next(one for one in PipelineFolders(folder).pipelines() if one.name == "webapp")


async def published(house: House, pipeline: Pipeline) -> PipelinePublished:
    def told() -> list[PipelinePublished]:
        everything = [m for m in house.heard["gateway"] if isinstance(m, PipelinePublished)]
        return [m for m in everything if m.digest == pipeline.digest]

    found: list[PipelinePublished] = await eventually(told, what=f"{pipeline.name} is published")
    return found[-1]


async def order(house: House, pipeline: Pipeline) -> None:
    message = request_message(
        pipeline=pipeline.name, pipeline_digest=pipeline.digest, quote_tokens=pipeline.quote_tokens
    )
    await house.say("gateway", message)


@pytest.mark.parametrize(
    ("toml", "icon", "title"), [(STEP + TITLE, "🧪", "Escribiendo pruebas"), (STEP, "📝", "tests")]
)
async def test_new_step_is_quoted_shown_and_run_when_its_folder_is_there(
    house: House, folder: Path, toml: str, icon: str, title: str
) -> None:
    add_step(folder, toml)
    pipeline = webapp(folder)
    house.router.outputs[("tests", 1)] = output_of("tests", {"tests/test_main.py": "import backend\n"})
    await house.process.start()
    offered = await published(house, pipeline)
    assert offered.quote_tokens == 55
    assert [(one.icon, one.title.es) for one in offered.steps if one.step == "tests"] == [(icon, title)]
    await order(house, pipeline)
    assert isinstance(await house.terminal(), GenerationCompleted)
    events = await house.feed()
    (started,) = [event for event in events if isinstance(event, GenerationStarted)]
    assert (started.quote_tokens, len(started.steps)) == (55, 6)
    (completed,) = [event for event in events if isinstance(event, StepCompleted) and event.step == "tests"]
    assert [file.path for file in completed.files] == ["tests/test_main.py"]
    assert completed.charge_tokens <= 5


async def test_generation_keeps_its_pipeline_when_the_folder_changes_and_the_service_restarts(
    house: House, folder: Path
) -> None:
    ordered = webapp(folder)
    await house.process.start()
    await published(house, ordered)
    house.muted.add("llm-router")
    await order(house, ordered)
    await eventually(lambda: _executed(house, "architecture"), what="the first step is executed")
    add_step(folder)
    prompt = folder / "webapp" / "steps" / "backend" / "prompt.md"
    prompt.write_text("Write it in COBOL.")
    await published(house, webapp(folder))
    await house.process.kill()
    await house.process.start()
    house.muted.clear()
    late = list(house.router.receive(_executed(house, "architecture")[0]))
    await house.say("llm-router", *late)
    terminal = await house.terminal()
    assert isinstance(terminal, GenerationCompleted)
    assert [step.step for step in terminal.steps] == [step.name for step in ordered.steps]
    assert "COBOL" not in _executed(house, "backend")[0].prompt.user
    started = next(event for event in await house.feed() if isinstance(event, GenerationStarted))
    assert (started.pipeline_digest, started.quote_tokens) == (ordered.digest, 50)


async def test_change_is_published_once_when_the_folder_changes_while_it_runs(
    house: House, folder: Path
) -> None:
    await house.process.start()
    first = await published(house, webapp(folder))
    add_step(folder)
    second = await published(house, webapp(folder))
    assert (second.revision, second.quote_tokens) == (first.revision + 1, 55)
    unchanged = [
        m for m in house.heard["gateway"] if isinstance(m, PipelinePublished) and m.pipeline != "webapp"
    ]
    assert {m.revision for m in unchanged} == {1}


async def test_pipelines_stay_in_force_when_the_changed_folder_cannot_run(house: House, folder: Path) -> None:
    await house.process.start()
    await published(house, webapp(folder))
    add_step(folder, STEP.replace("backend", "nobody"))
    await eventually(lambda: "cannot run" in house.process.log, what="it is logged")
    toml = folder / "landing" / "pipeline.toml"
    toml.write_text(toml.read_text().replace("1200", "1300"))
    shutil.rmtree(folder / "webapp" / "steps" / "tests")
    changed = next(one for one in PipelineFolders(folder).pipelines() if one.name == PipelineName("landing"))
    assert (await published(house, changed)).revision == 2


def _executed(house: House, step: str) -> list[ExecuteStep]:
    told = [m for m in house.heard["llm-router"] if isinstance(m, ExecuteStep)]
    return [m for m in told if m.step == StepName(step)]
