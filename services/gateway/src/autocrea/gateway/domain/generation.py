"""What a person sees of a generation: its state, its steps and its result, as told by the orchestrator's events."""

from datetime import datetime
from enum import StrEnum

from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.message import Shape
from autocrea.contracts.orchestrator.v1 import Archive
from autocrea.contracts.shapes import Call, Finding, LocalText, RetryOffer, Usage
from autocrea.contracts.vocabulary import StepState
from pydantic import Field


class Status(StrEnum):
    """How a generation stands for the person; packaging and settling are still running."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_WARNINGS = "completed_with_warnings"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


OPEN = frozenset({Status.QUEUED, Status.RUNNING})
RETRYABLE = frozenset({Status.FAILED, Status.CANCELLED, Status.REJECTED})
DOWNLOADABLE = frozenset({Status.COMPLETED, Status.COMPLETED_WITH_WARNINGS})


class Result(Shape):
    """How the last run that was not rejected ended."""

    run: int
    status: Status
    fault: str | None = None
    net_tokens: int
    refunded_tokens: int = 0
    warnings: int = 0
    archive: Archive | None = None
    retry: RetryOffer | None = None
    ended_at: datetime
    trace_id: str | None = None  # of the run, as its last event was sent with it


class Notice(Shape):
    """Why the last run asked for was turned down; what an earlier run achieved stays on show."""

    run: int
    fault: str
    available_tokens: int | None = None
    needed_tokens: int | None = None
    retry_after_seconds: int | None = None
    retry: RetryOffer | None = None
    at: datetime
    trace_id: str | None = None


class Step(Shape):
    """One step as it stands; a row of the table `steps`."""

    generation_id: GenerationId
    step: StepName
    position: int
    run: int
    state: str
    title: LocalText
    icon: str
    cap_tokens: int
    depends_on: tuple[str, ...] = ()
    reused: bool = False
    attempt: int = 0
    model: str | None = None
    usage: Usage | None = None
    charge_tokens: int = 0
    net_tokens: int | None = None  # known when the run has been settled
    summary: str | None = None
    findings: tuple[Finding, ...] = ()
    calls: tuple[Call, ...] = ()
    fault: str | None = None
    duration_ms: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def completed(self) -> bool:
        return self.state in (StepState.COMPLETED, StepState.COMPLETED_WITH_WARNINGS)


class Generation(Shape):
    """The changing part of a generation; a row of the table `generations` without what was asked for."""

    generation_id: GenerationId
    user_id: UserId
    project_id: ProjectId
    run: int = 1  # the last one asked for
    status: Status = Status.QUEUED
    quote_tokens: int
    cancel_requested: bool = False
    projected_sequence: int = 0  # events up to here are shown and sent; later ones wait for what is missing
    result: Result | None = None
    notice: Notice | None = None
    accepted_at: datetime | None = Field(None, exclude=True)  # known once it is stored, and never changed
    started_at: datetime | None = None
    updated_at: datetime

    @property
    def retry(self) -> RetryOffer | None:
        """What the next run would do and cost, if there may be one."""
        if self.status not in RETRYABLE:
            return None
        if self.notice is not None and self.notice.retry is not None:
            return self.notice.retry
        return self.result.retry if self.result is not None else None
