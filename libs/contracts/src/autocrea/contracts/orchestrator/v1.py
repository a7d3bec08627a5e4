"""What the orchestrator tells about generations, their steps and the pipelines, version 1."""

from __future__ import annotations

from typing import Annotated

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import Attempt, PipelineName, ProjectId, Sha256, StepName, Tokens, UserId
from autocrea.contracts.message import Message, RunMessage, Service, Shape
from autocrea.contracts.shapes import (
    PERSONAL,
    WRITTEN,
    Call,
    Count,
    FileEntry,
    Finding,
    LocalText,
    RetryOffer,
    StepOutcome,
    Usage,
)
from autocrea.contracts.vocabulary import Open
from pydantic import Field

_FACT = ("generation_id", "sequence")


class PlannedStep(Shape):
    """A step as a run plans it."""

    step: StepName = Field(description="The step.")
    title: LocalText = Field(description="Its title for people.")
    icon: str = Field(description="One emoji.")
    cap_tokens: Tokens = Field(description="The most that it can cost.")
    depends_on: tuple[StepName, ...] = Field(description="The steps that must be complete before it starts.")
    reused: bool = Field(
        description="True when an earlier run completed it, so that this one does not execute it."
    )


class PipelineStep(Shape):
    """A step as a pipeline offers it."""

    step: StepName = Field(description="The step.")
    title: LocalText = Field(description="Its title for people.")
    icon: str = Field(description="One emoji.")
    cap_tokens: Tokens = Field(description="The most that it can cost.")
    depends_on: tuple[StepName, ...] = Field(description="The steps that must be complete before it starts.")
    typical_seconds: int = Field(ge=0, description="How long it usually takes.")


class Archive(Shape):
    """The ZIP of a completed generation."""

    file_name: Annotated[str, WRITTEN] = Field(description="Its name for the person's download.")
    sha256: Sha256 = Field(description="SHA-256 of the archive.")
    bytes: Count = Field(description="Its size.")
    files: Count = Field(description="How many files it holds.")


class GenerationEvent(RunMessage, abstract=True):
    """A fact about a generation. Order by `sequence`: the broker promises no order."""

    sequence: int = Field(
        ge=1, description="Counts the generation's facts over all its runs, 1 to n without a gap."
    )
    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose generation it is.")
    project_id: ProjectId = Field(description="The project it belongs to.")


class GenerationStarted(
    GenerationEvent,
    key="orchestrator.generation_started.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """The tokens of a run are held and its steps begin; a run above 1 resumes the generation."""

    pipeline: PipelineName = Field(description="The pipeline in use.")
    pipeline_digest: str = Field(description="The pipeline as it is pinned.")
    quote_tokens: Tokens = Field(description="The most that this run can cost: what was held.")
    steps: tuple[PlannedStep, ...] = Field(description="Every step, in pipeline order.")


class StepStarted(
    GenerationEvent, key="orchestrator.step_started.v1", consumers=(Service.GATEWAY,), natural_key=_FACT
):
    """A step was handed to the models for the first time in this run."""

    step: StepName = Field(description="The step.")


class StepAttemptFailed(
    GenerationEvent,
    key="orchestrator.step_attempt_failed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """The verification found something to repair: the step is written again, at the platform's cost."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The attempt that was found wanting.")
    findings: tuple[Finding, ...] = Field(description="What the next attempt is asked to repair.")
    calls: tuple[Call, ...] = Field(description="The provider calls of the attempt.")
    next_attempt: Attempt = Field(description="The attempt that follows.")


class StepCompleted(
    GenerationEvent,
    key="orchestrator.step_completed.v1",
    consumers=(Service.GATEWAY, Service.BILLING, Service.LLM_ROUTER),
    natural_key=_FACT,
):
    """A step delivered what was promised and is charged: billing debits on this fact and on no other."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The attempt that was accepted.")
    model: str = Field(description="The model that wrote it.")
    usage: Usage = Field(description="What the accepted output took.")
    charge_tokens: Tokens = Field(description="The charge, final, never above the step's cap.")
    files: tuple[FileEntry, ...] = Field(description="The files it delivered.")
    findings: tuple[Finding, ...] = Field(description="What was noticed and let pass: warnings only.")
    summary: Annotated[str, WRITTEN] = Field(description="A sentence on what was made.")
    duration_ms: Count = Field(description="Milliseconds from the step's start to its completion.")
    calls: tuple[Call, ...] = Field(description="The provider calls of the accepted attempt.")


class StepFailed(
    GenerationEvent,
    key="orchestrator.step_failed.v1",
    consumers=(Service.GATEWAY, Service.LLM_ROUTER),
    natural_key=_FACT,
):
    """A step cannot be completed, and the run settles; the step is not charged."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The last attempt.")
    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    findings: tuple[Finding, ...] = Field(
        description="What the verification noticed, where it came that far."
    )
    calls: tuple[Call, ...] = Field(
        description="The provider calls of the last attempt, as far as they are known."
    )
    cancelled_steps: tuple[StepName, ...] = Field(
        description="Steps that were running and are stopped with it."
    )
    skipped_steps: tuple[StepName, ...] = Field(description="Steps that will not start in this run.")


class GenerationCompleted(
    GenerationEvent,
    key="orchestrator.generation_completed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """The end of a run that delivered an application; everything is settled."""

    steps: tuple[StepOutcome, ...] = Field(description="What each step came to and cost, in pipeline order.")
    net_tokens: Tokens = Field(description="What the generation cost in the end, all runs together.")
    warnings: Count = Field(
        description="How many findings were let pass; above 0 it completed with warnings."
    )
    archive: Archive = Field(description="The ZIP.")


class GenerationEndedEarly(GenerationEvent, abstract=True):
    """The end of a run that began and delivered no application; everything is settled."""

    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    steps: tuple[StepOutcome, ...] = Field(description="What each step came to and cost, in pipeline order.")
    net_tokens: Tokens = Field(description="What the generation cost in the end, all runs together.")
    refunded_tokens: Tokens = Field(description="What this run had charged and gave back.")
    retry: RetryOffer | None = Field(description="What a retry would do and cost; null when there is none.")


class GenerationFailed(
    GenerationEndedEarly,
    key="orchestrator.generation_failed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """A run failed, through the model or through us."""


class GenerationCancelled(
    GenerationEndedEarly,
    key="orchestrator.generation_cancelled.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """A run was stopped by the person's wish."""


class GenerationRejected(
    GenerationEvent,
    key="orchestrator.generation_rejected.v1",
    consumers=(Service.GATEWAY,),
    natural_key=_FACT,
):
    """A run was refused before it began: nothing was held and no model was called."""

    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    available_tokens: Tokens | None = Field(description="What the person had; null when it played no part.")
    needed_tokens: Tokens | None = Field(
        description="What the run would have held; null when it played no part."
    )
    retry_after_seconds: int | None = Field(
        ge=0, description="When a retry makes sense; null when that is open."
    )
    retry: RetryOffer | None = Field(description="What a retry would do and cost; null when there is none.")


class PipelinePublished(
    Message,
    key="orchestrator.pipeline_published.v1",
    consumers=(Service.GATEWAY,),
    natural_key=("pipeline", "revision"),
):
    """A pipeline is offered in this shape; the highest revision is in force."""

    pipeline: PipelineName = Field(description="The pipeline.")
    revision: int = Field(ge=1, description="Counts the pipeline's publications.")
    digest: str = Field(description="What a generation pins.")
    quote_tokens: Tokens = Field(description="The sum of the caps.")
    steps: tuple[PipelineStep, ...] = Field(description="Every step, in pipeline order.")
