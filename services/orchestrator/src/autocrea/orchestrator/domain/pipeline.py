"""A pipeline as data: its steps, what each may cost and see, and the digest that a generation pins."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from hashlib import sha256
from json import dumps
from typing import Any

from autocrea.contracts.ids import PipelineName, StepName
from autocrea.contracts.llm_router.v1 import OutputKind
from autocrea.contracts.shapes import LocalText

STEPS_MAX = 32  # a run's events list every step and must stay far below 64 KiB
DEFAULT_ICON = "📝"  # what the page shows for a step that names none


@dataclass(frozen=True, slots=True)
class Context:
    """What a step's prompt shows of the work of the steps it depends on, directly or not."""

    contract: bool = False
    file_list: bool = False
    files: tuple[
        str, ...
    ] = ()  # shell patterns on whole paths; those that match an earlier pattern come first


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step folder."""

    name: StepName
    title_es: str
    title_en: str
    icon: str
    output_kind: OutputKind
    depends_on: tuple[StepName, ...]
    cap_tokens: int
    typical_seconds: int
    deadline_seconds: int  # of one attempt
    output_tokens_max: int  # of one attempt
    model: str | None  # preferred where the person has no preference
    context: Context
    instruction: str  # what the step's model is told
    serves_routes: bool = False  # whether the contract's routes are this step's to implement

    @property
    def title(self) -> LocalText:
        return LocalText(es=self.title_es, en=self.title_en)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline folder. `steps` stand in an order in which they could run one after the other."""

    name: PipelineName
    run_deadline_seconds: int
    system: str  # what every step's model is told first
    steps: tuple[StepSpec, ...]

    @property
    def quote_tokens(self) -> int:
        return sum(step.cap_tokens for step in self.steps)

    @property
    def digest(self) -> str:
        """Changes with anything a generation would notice: a cap, a title, a word of a prompt."""
        canonical = dumps(_stated(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()

    def step(self, name: StepName) -> StepSpec:
        """The step of that name. Raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def upstream(self, name: StepName) -> tuple[StepSpec, ...]:
        """Every step that `name` depends on, directly or not, in pipeline order."""
        found: set[StepName] = set()
        pending = list(self.step(name).depends_on)
        while pending:
            one = pending.pop()
            if one not in found:
                found.add(one)
                pending.extend(self.step(one).depends_on)
        return tuple(step for step in self.steps if step.name in found)

    @property
    def file_steps(self) -> tuple[StepSpec, ...]:
        """The steps to which a contract can assign files."""
        return tuple(step for step in self.steps if step.output_kind == "files")


def _stated(value: Any) -> Any:
    """The value as JSON without what is as by default: a field that a later build adds changes no digest of today's."""
    if isinstance(value, tuple):
        return [_stated(one) for one in value]
    if not is_dataclass(value):
        return value
    named = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _stated(held) for field, held in named if held != field.default}


class InvalidPipeline(ValueError):
    """A pipeline that cannot run; the sentence names the step and what is wrong with it."""


def assemble(
    name: PipelineName, *, run_deadline_seconds: int, system: str, steps: Iterable[StepSpec]
) -> Pipeline:
    """Order the steps by their dependencies, then by name, and check that they can run. Raises InvalidPipeline."""
    by_name = {step.name: step for step in steps}
    if not by_name:
        raise InvalidPipeline(f"{name}: a pipeline needs a step")
    if len(by_name) > STEPS_MAX:
        raise InvalidPipeline(f"{name}: at most {STEPS_MAX} steps")
    if not any(step.output_kind != "findings" for step in by_name.values()):
        raise InvalidPipeline(f"{name}: no step writes anything but findings")
    levels: dict[StepName, int] = {}
    for step in by_name.values():
        _level(step, by_name, levels, ())
    _check_contract(name, by_name.values())
    ordered = sorted(by_name.values(), key=lambda step: (levels[step.name], step.name))
    return Pipeline(name, run_deadline_seconds, system, tuple(ordered))


def _level(
    step: StepSpec,
    by_name: dict[StepName, StepSpec],
    levels: dict[StepName, int],
    path: tuple[StepName, ...],
) -> int:
    if step.name in path:
        raise InvalidPipeline(f"{step.name}: depends on itself ({' → '.join([*path, step.name])})")
    if step.name not in levels:
        deepest = -1
        for name in step.depends_on:
            if name not in by_name:
                raise InvalidPipeline(f"{step.name}: depends on {name}, which is no step of this pipeline")
            deepest = max(deepest, _level(by_name[name], by_name, levels, (*path, step.name)))
        levels[step.name] = deepest + 1
    return levels[step.name]


def _check_contract(name: PipelineName, steps: Iterable[StepSpec]) -> None:
    contracts = sorted(step.name for step in steps if step.output_kind == "contract")
    if len(contracts) > 1:
        raise InvalidPipeline(
            f"{name}: one step at most can yield the contract, not {' and '.join(contracts)}"
        )
