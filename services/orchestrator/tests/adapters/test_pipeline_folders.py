"""Pipelines as folders: the one on offer, and what a new step needs."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from autocrea.contracts.ids import StepName
from autocrea.orchestrator.adapters.codecs import decode_pipeline, encode_pipeline
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.domain.pipeline import InvalidPipeline, Pipeline

STEP = """
output = "files"
depends_on = ["architecture"]
cap_tokens = 5
[context]
contract = true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the pipelines that the package brings."""
    shutil.copytree(str(files("autocrea.orchestrator") / "pipelines"), tmp_path / "pipelines")
    return tmp_path / "pipelines"


def offered(name: str, folder: Path | None = None) -> Pipeline:
    (found,) = [one for one in PipelineFolders(folder).pipelines() if one.name == name]
    return found


def webapp(folder: Path | None = None) -> Pipeline:
    return offered("webapp", folder)


def add_step(folder: Path, name: str, toml: str = STEP) -> None:
    step = folder / "webapp" / "steps" / name
    step.mkdir()
    (step / "step.toml").write_text(toml)
    (step / "prompt.md").write_text("Write the tests.")


def test_default_pipeline_is_the_one_that_was_promised() -> None:
    pipeline = webapp()
    assert [(step.name, step.cap_tokens, step.icon, step.title_es) for step in pipeline.steps] == [
        ("architecture", 8, "🏗️", "Diseñando arquitectura"),
        ("backend", 16, "⚙️", "Generando backend"),
        ("frontend", 14, "🎨", "Creando interfaz"),
        ("devops", 6, "🚀", "Configurando deployment"),
        ("security_audit", 6, "🔒", "Auditando seguridad"),
    ]
    assert pipeline.quote_tokens == 50
    assert [step.name for step in pipeline.upstream(pipeline.steps[-1].name)] == [
        "architecture",
        "backend",
        "frontend",
        "devops",
    ]


@pytest.mark.parametrize(
    ("name", "steps", "quote_tokens"),
    [
        ("landing", ["architecture", "frontend", "security_audit"], 24),
        ("api", ["architecture", "backend", "devops", "security_audit"], 36),
    ],
)
def test_smaller_pipelines_are_made_of_the_same_steps(name: str, steps: list[str], quote_tokens: int) -> None:
    pipeline, whole = offered(name), webapp()
    assert [step.name for step in pipeline.steps] == steps
    assert pipeline.quote_tokens == quote_tokens
    assert pipeline.system == whole.system
    for step in pipeline.steps:
        model = whole.step(step.name)
        assert (step.title, step.icon, step.output_kind) == (model.title, model.icon, model.output_kind)
        assert step.instruction.startswith(model.instruction.rstrip())


def test_step_is_the_one_that_it_is_like_but_for_what_it_states(folder: Path) -> None:
    add_step(folder, "review", 'like = "webapp/security_audit"\ncap_tokens = 3\n')
    step = webapp(folder).step(StepName("review"))
    assert (step.name, step.cap_tokens, step.icon, step.title_en) == ("review", 3, "🔒", "Auditing security")
    assert step.instruction.endswith("Write the tests.")


@pytest.mark.parametrize(
    ("like", "sentence"),
    [("webapp/nobody", "no step of a pipeline here"), ("landing/frontend", "like another one itself")],
)
def test_pipeline_is_refused_when_a_step_is_like_nothing(folder: Path, like: str, sentence: str) -> None:
    add_step(folder, "tests", f'like = "{like}"')
    with pytest.raises(InvalidPipeline, match=sentence):
        webapp(folder)


def test_pipeline_may_bring_a_system_prompt_of_its_own(folder: Path) -> None:
    (folder / "landing" / "system.md").write_text("You are a designer.")
    assert offered("landing", folder).system == "You are a designer."
    assert webapp(folder).system != "You are a designer."


def test_digest_stays_when_a_later_build_adds_a_field_with_a_default() -> None:
    pipeline = webapp()
    stored = encode_pipeline(pipeline)
    for step in stored["steps"]:
        if not step["serves_routes"]:
            del step["serves_routes"]  # as it was stored before there was such a field
    assert decode_pipeline(stored).digest == pipeline.digest


def test_new_step_is_a_new_folder_and_nothing_else(folder: Path) -> None:
    before = webapp(folder)
    add_step(folder, "tests")
    after = webapp(folder)
    assert after.quote_tokens == 55
    new = after.step(after.steps[3].name)
    assert (new.name, new.title_es, new.title_en, new.icon) == ("tests", "tests", "tests", "📝")
    assert after.digest != before.digest


def test_digest_changes_with_a_word_of_a_prompt(folder: Path) -> None:
    before = webapp(folder).digest
    assert before == webapp().digest
    prompt = folder / "webapp" / "steps" / "backend" / "prompt.md"
    prompt.write_text(prompt.read_text() + "!")
    assert webapp(folder).digest != before


def test_definition_is_the_same_after_it_was_stored() -> None:
    pipeline = webapp()
    stored = decode_pipeline(encode_pipeline(pipeline))
    assert stored == pipeline
    assert stored.digest == pipeline.digest


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('output = "files"\ncap_tokens = 5\ndepends_on = ["nobody"]', "nobody, which is no step"),
        ('output = "files"\ncap_tokens = 5\ndepends_on = ["tests"]', "depends on itself"),
        ('output = "contract"\ncap_tokens = 5', "one step at most can yield the contract"),
        ('output = "files"\ncap_tokens = 0', "greater than or equal to 1"),
        ('output = "files"\ncap_tokens = 5\ncolour = "red"', "colour"),
        ("output = files", "Invalid value"),
    ],
)
def test_pipeline_is_refused_when_it_cannot_run(folder: Path, toml: str, sentence: str) -> None:
    add_step(folder, "tests", toml)
    with pytest.raises(InvalidPipeline, match=sentence):
        webapp(folder)


def test_pipeline_is_refused_when_a_prompt_is_missing(folder: Path) -> None:
    (folder / "webapp" / "steps" / "devops" / "prompt.md").unlink()
    with pytest.raises(InvalidPipeline, match=r"devops.prompt\.md"):
        webapp(folder)


def test_every_prompt_says_something_and_is_valid_text() -> None:
    for step in webapp().steps:
        assert len(step.instruction) > 200, step.name
