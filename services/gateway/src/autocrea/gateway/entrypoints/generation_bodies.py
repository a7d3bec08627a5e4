"""What clients get of generations. Names and meanings are stable; texts are in the caller's language."""

from datetime import datetime
from uuid import UUID

from autocrea.contracts.faults import fault
from autocrea.contracts.message import Shape
from autocrea.contracts.orchestrator.v1 import Archive
from autocrea.contracts.shapes import Call, Finding, RetryOffer, Usage
from autocrea.gateway.domain.generation import Generation, Notice, Result, Status, Step
from autocrea.gateway.domain.problems import Language
from autocrea.gateway.domain.views import GenerationView
from pydantic import Field


class Accepted(Shape):
    """A run is committed and will have exactly one end; follow it under `events`."""

    generation_id: UUID
    project_id: UUID
    run: int
    status: Status
    quote_tokens: int = Field(description="The most that this run can cost.")


class CancelAccepted(Shape):
    """The run will stop, or its end answers that it was faster."""

    generation_id: UUID
    run: int
    status: Status
    cancel_requested: bool

    @classmethod
    def of(cls, generation: Generation) -> "CancelAccepted":
        return cls(
            generation_id=generation.generation_id,
            run=generation.run,
            status=generation.status,
            cancel_requested=generation.cancel_requested,
        )


class FaultText(Shape):
    """Why something ended early, for a person."""

    code: str
    text: str
    next_action: str

    @classmethod
    def of(cls, code: str, language: Language) -> "FaultText":
        row = fault(code)
        return cls(
            code=code, text=getattr(row.text, language), next_action=getattr(row.next_action, language)
        )


class ResultBody(Shape):
    """How the last run that was not rejected ended."""

    run: int
    status: Status
    fault: FaultText | None
    net_tokens: int = Field(description="What all runs together cost.")
    refunded_tokens: int
    warnings: int
    archive: Archive | None
    ended_at: datetime
    trace_id: str | None = Field(None, description="Where to look in logs and traces.")

    @classmethod
    def of(cls, result: Result, language: Language) -> "ResultBody":
        fault_text = FaultText.of(result.fault, language) if result.fault is not None else None
        return cls(**{**result.model_dump(exclude={"retry"}), "fault": fault_text})


class NoticeBody(Shape):
    """Why the last run asked for was turned down."""

    run: int
    fault: FaultText
    available_tokens: int | None
    needed_tokens: int | None
    retry_after_seconds: int | None
    at: datetime
    trace_id: str | None = Field(None, description="Where to look in logs and traces.")

    @classmethod
    def of(cls, notice: Notice, language: Language) -> "NoticeBody":
        fault_text = FaultText.of(notice.fault, language)
        return cls(**{**notice.model_dump(exclude={"retry"}), "fault": fault_text})


class StepBody(Shape):
    """One step as it stands."""

    step: str
    position: int
    run: int
    state: str
    title: str
    icon: str
    cap_tokens: int
    charge_tokens: int
    net_tokens: int | None
    depends_on: tuple[str, ...]
    reused: bool
    attempt: int
    model: str | None
    summary: str | None
    findings: tuple[Finding, ...]
    usage: Usage | None
    calls: tuple[Call, ...]
    fault: FaultText | None
    duration_ms: int | None
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, step: Step, language: Language) -> "StepBody":
        kept = cls.model_fields.keys() - {"title", "fault"}
        fault_text = FaultText.of(step.fault, language) if step.fault is not None else None
        return cls(
            **{name: getattr(step, name) for name in kept},
            title=getattr(step.title, language),
            fault=fault_text,
        )


class GenerationBody(Shape):
    """A generation as it stands. `sequence` is where its feed goes on: the last event this body knows."""

    generation_id: UUID
    project_id: UUID
    project_name: str
    prompt: str
    language: str
    pipeline: str
    model_preference: str | None
    status: Status
    run: int
    cancel_requested: bool
    quote_tokens: int
    sequence: int
    result: ResultBody | None
    notice: NoticeBody | None
    retry: RetryOffer | None
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    steps: list[StepBody] | None = Field(None, description="Null in lists.")

    @classmethod
    def of(
        cls, view: GenerationView, language: Language, steps: list[StepBody] | None = None
    ) -> "GenerationBody":
        generation = view.generation
        return cls(
            generation_id=generation.generation_id,
            project_id=generation.project_id,
            project_name=view.project_name,
            prompt=view.prompt,
            language=view.language,
            pipeline=view.pipeline,
            model_preference=view.model_preference,
            status=generation.status,
            run=generation.run,
            cancel_requested=generation.cancel_requested,
            quote_tokens=generation.quote_tokens,
            sequence=generation.projected_sequence,
            result=ResultBody.of(generation.result, language) if generation.result else None,
            notice=NoticeBody.of(generation.notice, language) if generation.notice else None,
            retry=generation.retry,
            created_at=view.created_at,
            started_at=generation.started_at,
            updated_at=generation.updated_at,
            steps=steps,
        )
