"""Pipelines as folders: `system.md` for all of them, `<name>/pipeline.toml` and `steps/<step>/{step.toml,prompt.md}`.

A step that says `like = "<pipeline>/<step>"` is that step but for what it states itself, and its `prompt.md`, if it has
one, is told after the other's. A pipeline may bring a `system.md` of its own.
"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from autocrea.contracts.ids import TOKENS_MAX, PipelineName, StepName
from autocrea.orchestrator.domain.pipeline import (
    DEFAULT_ICON,
    Context,
    InvalidPipeline,
    Pipeline,
    StepSpec,
    assemble,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
_StepName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_T = TypeVar("_T", bound=BaseModel)

LIKE = "like"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Title(_File):
    es: str = ""
    en: str = ""


class _PipelineToml(_File):
    name: _Name
    run_deadline_seconds: int = Field(ge=60, le=86_400)


class _ContextToml(_File):
    contract: bool = False
    file_list: bool = False
    files: tuple[str, ...] = ()


class _StepToml(_File):
    output: Literal["contract", "files", "findings"]
    depends_on: tuple[_StepName, ...] = ()
    cap_tokens: int = Field(ge=1, le=TOKENS_MAX)
    typical_seconds: int = Field(default=30, ge=1)
    deadline_seconds: int = Field(default=600, ge=1)
    output_tokens_max: int = Field(default=32_000, ge=1)
    icon: str = Field(default=DEFAULT_ICON, min_length=1)
    title: _Title = _Title()
    model: str | None = None
    serves_routes: bool = False
    context: _ContextToml = _ContextToml()


class PipelineFolders:
    """A folder of pipelines; by default the one that this package brings."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder: Traversable = folder or files("autocrea.orchestrator") / "pipelines"

    def pipelines(self) -> Iterator[Pipeline]:
        """Every pipeline on offer. Raises InvalidPipeline."""
        for folder in sorted(self._folder.iterdir(), key=lambda entry: entry.name):
            if folder.is_dir() and (folder / "pipeline.toml").is_file():
                yield self._pipeline(folder)

    def _pipeline(self, folder: Traversable) -> Pipeline:
        place = folder / "pipeline.toml"
        stated = _checked(place, _raw(place), _PipelineToml)
        if stated.name != folder.name:
            raise InvalidPipeline(
                f"{folder.name}/pipeline.toml: its name is {stated.name}, the folder's is not"
            )
        own = folder / "system.md"
        entries = [entry for entry in (folder / "steps").iterdir() if (entry / "step.toml").is_file()]
        return assemble(
            PipelineName(stated.name),
            run_deadline_seconds=stated.run_deadline_seconds,
            system=_text(own if own.is_file() else self._folder / "system.md"),
            steps=[_step(entry, *self._told(entry)) for entry in entries],
        )

    def _told(self, folder: Traversable) -> tuple[dict[str, Any], str]:
        """What a step's folder says and tells, on top of the step that it is like."""
        own, prompt = _raw(folder / "step.toml"), folder / "prompt.md"
        if LIKE not in own:
            return own, _text(prompt)
        pipeline, _, step = str(own[LIKE]).partition("/")
        model = self._folder / pipeline / "steps" / step
        if not (model / "step.toml").is_file():
            raise InvalidPipeline(
                f"{folder.name}: it is like {own[LIKE]}, which is no step of a pipeline here"
            )
        base = _raw(model / "step.toml")
        if LIKE in base:
            raise InvalidPipeline(f"{folder.name}: it is like {own[LIKE]}, which is like another one itself")
        stated = {**base, **{name: value for name, value in own.items() if name != LIKE}}
        instruction = _text(model / "prompt.md")
        return stated, f"{instruction.rstrip()}\n\n{_text(prompt)}" if prompt.is_file() else instruction


def _step(folder: Traversable, raw: dict[str, Any], instruction: str) -> StepSpec:
    stated = _checked(folder / "step.toml", raw, _StepToml)
    try:
        _StepFolder(name=folder.name)
    except ValidationError as error:
        raise InvalidPipeline(
            f"{folder.name}: a step is named in lower-case letters, digits and underscores"
        ) from error
    return StepSpec(
        name=StepName(folder.name),
        title_es=stated.title.es or stated.title.en or folder.name,
        title_en=stated.title.en or stated.title.es or folder.name,
        icon=stated.icon,
        output_kind=stated.output,
        depends_on=tuple(StepName(name) for name in stated.depends_on),
        cap_tokens=stated.cap_tokens,
        typical_seconds=stated.typical_seconds,
        deadline_seconds=stated.deadline_seconds,
        output_tokens_max=stated.output_tokens_max,
        model=stated.model,
        context=Context(stated.context.contract, stated.context.file_list, stated.context.files),
        instruction=instruction,
        serves_routes=stated.serves_routes,
    )


class _StepFolder(_File):
    name: _StepName


def _raw(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise InvalidPipeline(f"{file}: {error}") from error


def _checked(file: Traversable, raw: dict[str, Any], model: type[_T]) -> _T:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InvalidPipeline(f"{file}: {error}") from error


def _text(file: Traversable) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPipeline(f"{file}: {error}") from error
