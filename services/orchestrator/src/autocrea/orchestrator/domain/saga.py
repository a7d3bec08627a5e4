"""The state of a generation: what was ordered, how its run and its steps stand, what the ledger holds for each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, PipelineName, ProjectId, StepName, UserId
from autocrea.contracts.llm_router.v1 import OutputKind
from autocrea.contracts.orchestrator.v1 import Archive
from autocrea.contracts.shapes import Call, Finding, LocalText, PricedModel, Usage
from autocrea.contracts.vocabulary import RunOutcome, StepState


class RunState(StrEnum):
    """How the current run of a generation stands."""

    ABSENT = "absent"  # nothing ordered yet: the row only notes what arrived before the order
    QUEUED = "queued"
    RUNNING = "running"
    PACKAGING = "packaging"
    SETTLING = "settling"
    COMPLETED = "completed"
    COMPLETED_WITH_WARNINGS = "completed_with_warnings"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


RETRYABLE = frozenset({RunState.FAILED, RunState.CANCELLED, RunState.REJECTED})
TERMINAL = RETRYABLE | {RunState.COMPLETED, RunState.COMPLETED_WITH_WARNINGS}
COMPLETED = frozenset({StepState.COMPLETED, StepState.COMPLETED_WITH_WARNINGS})
ACTIVE = frozenset({StepState.RUNNING, StepState.VERIFYING})


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for and the terms it was quoted on; the request's own words are stored apart."""

    user_id: UserId
    project_id: ProjectId
    project_name: str
    language: str
    email_verified: bool
    model_preference: str | None
    rate_card_version: str
    pipeline: PipelineName
    pipeline_digest: str
    run_deadline_seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the router reported with the output that is being verified."""

    model: str
    usage: Usage
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the pinned pipeline and how it stands."""

    name: StepName
    title_es: str
    title_en: str
    icon: str
    output_kind: OutputKind
    depends_on: tuple[StepName, ...]
    cap_tokens: int
    model: str | None
    state: StepState = StepState.WAITING
    run: int = 0  # the run in which it was last started
    attempt: int = 0
    started_at: datetime | None = None
    answer: Answer | None = None
    findings: tuple[Finding, ...] = ()  # what the attempt before this one was found wanting for
    omitted: tuple[str, ...] = ()  # paths left out of this attempt's prompt because they did not fit
    dropped: tuple[int, ...] = ()  # which files of the accepted output are not stored, by position
    absorbed_tokens: int = 0  # what this run's rejected attempts would have cost
    charge_tokens: int = 0  # 0 until it completes
    net_tokens: int = 0  # what the ledger holds for it, as of the last settlement
    warnings: int = 0
    set_sha256: str | None = None

    @property
    def title(self) -> LocalText:
        return LocalText(es=self.title_es, en=self.title_en)

    @property
    def completed(self) -> bool:
        return self.state in COMPLETED

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Settlement:
    """What billing was asked for, and with it which terminal the answer leads to."""

    outcome: RunOutcome
    fault: FaultCode | None
    charges: dict[StepName, int]


@dataclass(frozen=True, slots=True)
class Saga:
    """One generation over all its runs."""

    generation_id: GenerationId
    state: RunState = RunState.ABSENT
    order: Order | None = None
    run: int = 0
    sequence: int = 0  # of the last event published
    steps: tuple[Step, ...] = ()
    models: tuple[PricedModel, ...] = ()  # pinned with the hold of this run
    settlement: Settlement | None = None
    archive: Archive | None = None
    withdrawn_run: int = 0  # the coming run, cancelled before it was requested; 0 for none
    erased: bool = False

    @property
    def terms(self) -> Order:
        """The order, where there must be one."""
        assert self.order is not None, "nothing was ordered yet"
        return self.order

    @property
    def terminal(self) -> bool:
        return self.state in TERMINAL

    def step(self, name: StepName) -> Step | None:
        """The step of that name, or None if the pinned pipeline has none."""
        return next((step for step in self.steps if step.name == name), None)

    def verifying(self, run: int, name: StepName, attempt: int) -> bool:
        """Whether this very attempt waits for its verification."""
        found = self.step(name)
        return (
            self.state is RunState.RUNNING
            and run == self.run
            and found is not None
            and found.state is StepState.VERIFYING
            and found.attempt == attempt
        )

    def with_step(self, changed: Step) -> "Saga":
        return self.with_steps(lambda step: changed if step.name == changed.name else step)

    def with_steps(self, change: "Callable[[Step], Step]") -> "Saga":
        return replace(self, steps=tuple(change(step) for step in self.steps))

    @property
    def active(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.active)

    @property
    def waiting(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.state is StepState.WAITING)

    @property
    def unfinished(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.completed)

    @property
    def ready(self) -> tuple[Step, ...]:
        """The waiting steps whose dependencies are all completed."""
        done = {step.name for step in self.steps if step.completed}
        return tuple(step for step in self.waiting if done.issuperset(step.depends_on))


@dataclass(frozen=True, slots=True, order=True)
class OutputRef:
    """Names one stored output."""

    run: int
    step: StepName
    attempt: int


def output_refs(saga: Saga) -> tuple[OutputRef, ...]:
    """The outputs a decision may need: of every completed step the accepted one, of a verified step the present one."""
    wanted = COMPLETED | {StepState.VERIFYING}
    return tuple(OutputRef(step.run, step.name, step.attempt) for step in saga.steps if step.state in wanted)
