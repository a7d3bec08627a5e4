"""What a person sees of a generation: pictures of recorded events, on a terminal and in a pipe."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, TypeVar

import pytest
from autocrea.cli.generation.api import Quote, QuotedStep
from autocrea.cli.generation.picture import Picture
from autocrea.cli.generation.show import Lines, View
from autocrea.cli.texts import choose_language
from autocrea.contracts.llm_router.v1 import ReplacedModel, StepProgressed
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationStarted,
    StepAttemptFailed,
    StepCompleted,
    StepFailed,
    StepStarted,
)
from autocrea.contracts.samples import SAMPLES
from rich.console import Console

M = TypeVar("M", bound=Message)

STARTED = SAMPLES["orchestrator.generation_started.v1"]
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def told(kind: type[M], **changes: Any) -> M:
    """The message's sample with some fields changed."""
    sample = next(sample for sample in SAMPLES.values() if isinstance(sample, kind))
    return sample.model_copy(update=changes)


def progress(step: str, path: str | None, **changes: Any) -> StepProgressed:
    return told(StepProgressed, step=step, attempt=1, path=path, replaced=None, **changes)


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    choose_language("es")
    yield
    choose_language(None)


@pytest.fixture
def picture() -> Picture:
    assert isinstance(STARTED, GenerationStarted)
    steps = tuple(
        QuotedStep(step.step, step.title.es, step.icon, step.cap_tokens, 20) for step in STARTED.steps
    )
    return Picture("es", Quote(50, steps, ("joxcoder-1",)), now=0.0)


def drawn(picture: Picture, columns: int = 80) -> str:
    console = Console(file=StringIO(), width=columns, height=24, force_terminal=True, color_system=None)
    console.print(View(picture))
    assert isinstance(console.file, StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())


def test_every_step_is_there_when_nothing_has_begun(picture: Picture) -> None:
    text = drawn(picture)
    assert text.count("en espera") == 5
    assert "Diseñando arquitectura" in text
    assert "≤ 16" in text


def test_the_share_never_goes_back_when_a_step_is_repaired(picture: Picture) -> None:
    picture.apply(told(StepStarted, step="architecture"), 0.0)
    shares = [picture.share(now) for now in (0.0, 5.0, 10.0)]
    picture.apply(told(StepAttemptFailed, step="architecture"), 11.0)
    shares += [picture.share(now) for now in (11.0, 300.0)]
    picture.apply(told(StepCompleted, step="architecture"), 301.0)
    shares.append(picture.share(301.0))
    assert shares == sorted(shares)
    assert 0.0 < shares[-1] < 1.0
    picture.apply(told(GenerationCompleted), 302.0)
    assert picture.share(302.0) == 1.0


def test_a_state_names_itself_when_it_is_newer_than_this_program(picture: Picture) -> None:
    picture.steps["backend"].state = "hibernating"
    assert "hibernating" in drawn(picture)


def test_files_stand_in_order_of_arrival_when_two_steps_write_at_once(picture: Picture) -> None:
    for step in ("backend", "frontend"):
        picture.apply(told(StepStarted, step=step), 0.0)
    for step, path in (("frontend", "b.js"), ("backend", "a.py"), ("frontend", "c.css"), ("backend", "a.py")):
        picture.apply(progress(step, path), 1.0)
    assert picture.files() == ["b.js", "a.py", "c.css"]


def test_the_view_fits_its_terminal_when_everything_is_long(picture: Picture) -> None:
    for step in picture.steps:
        picture.apply(told(StepStarted, step=step), 0.0)
        for number in range(20):
            picture.apply(progress(step, f"{'deep/' * 30}{number}.py", model="a-model-20250101"), 1.0)
    lines = drawn(picture).splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80


def test_a_pipe_gets_each_thing_once_when_a_generation_runs(picture: Picture) -> None:
    console = Console(file=StringIO(), width=80, soft_wrap=True)
    lines = Lines(console)
    replaced = ReplacedModel(model="joxcoder-1", reason="unavailable")
    again = {"replaced": replaced, "model": "joxcoder-1"}
    events: list[Message] = [
        told(StepStarted, step="backend"),
        *[progress("backend", "backend/main.py") for _ in range(50)],
        progress("backend", "backend/main.py").model_copy(update=again),
        *[
            progress("backend", "backend/main.py").model_copy(
                update={"replaced": replaced, "model": "gpt-4.1"}
            )
            for _ in range(50)
        ],
        progress("backend", f"backend/{'long/' * 30}[bold]name.py"),
        told(StepAttemptFailed, step="backend"),
        told(StepCompleted, step="backend", model="gpt-4.1"),
        told(StepFailed, step="frontend"),
    ]
    for event in events:
        picture.apply(event, 1.0)
        lines.changed(event, picture)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    said = text.splitlines()
    assert not CONTROL.search(text.replace("\n", ""))
    assert len(said) == len(set(said))
    assert sum("backend/main.py" in line for line in said) == 1
    assert not any("responde joxcoder-1" in line for line in said)
    assert sum("joxcoder-1 no responde; responde gpt-4.1" in line for line in said) == 1
    assert any(line.endswith("[bold]name.py") for line in said)
    assert all(re.match(r"\[ *\d+ %\] ", line) for line in said)
