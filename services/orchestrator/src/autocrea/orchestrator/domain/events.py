"""What can happen to a generation besides the messages that say it by themselves."""

from dataclasses import dataclass

from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.billing.v1 import ReservationRefused, TokensReserved, TokensSettled
from autocrea.contracts.gateway.v1 import (
    CancellationRequested,
    GenerationRequested,
    ProjectDeleted,
    RetryRequested,
)
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.contracts.shapes import FileEntry, Finding
from autocrea.orchestrator.domain.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Requested:
    """A generation was requested; `pinned` has the digest it was quoted on, `current` is what its name means today."""

    message: GenerationRequested
    pinned: Pipeline | None
    current: Pipeline | None


@dataclass(frozen=True, slots=True)
class Verified:
    """The output of an attempt was checked. `files` are those to be stored, `dropped` the positions of the others."""

    run: int
    step: StepName
    attempt: int
    findings: tuple[Finding, ...]
    files: tuple[FileEntry, ...]
    dropped: tuple[int, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The run took longer than its pipeline allows."""

    run: int


@dataclass(frozen=True, slots=True)
class Bug:
    """Something about this run could not be handled; `step` where it was a step's message or job."""

    run: int
    step: StepName | None = None


@dataclass(frozen=True, slots=True)
class RequestBug:
    """The request itself could not be handled."""

    request: Requested


@dataclass(frozen=True, slots=True)
class RetryBug:
    """The request for this run could not be handled."""

    run: int


Event = (
    Requested
    | RetryRequested
    | CancellationRequested
    | ProjectDeleted
    | TokensReserved
    | ReservationRefused
    | StepExecuted
    | StepExecutionFailed
    | Verified
    | ArtifactReady
    | PackagingFailed
    | TokensSettled
    | DeadlineReached
    | Bug
    | RequestBug
    | RetryBug
)
