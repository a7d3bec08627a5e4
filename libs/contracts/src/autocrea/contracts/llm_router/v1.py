"""What the llm-router is told and answers, version 1."""

from __future__ import annotations

from typing import Annotated, Literal

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import Attempt, CallId, ProjectId, StepName, UserId
from autocrea.contracts.message import CONTENT_BODY_BYTES_MAX, Message, RunMessage, Service, Shape, Via
from autocrea.contracts.shapes import (
    PERSONAL,
    WRITTEN,
    Call,
    Count,
    GeneratedFile,
    PricedModel,
    RejectedFile,
    Usage,
)
from autocrea.contracts.vocabulary import Open
from pydantic import Field, JsonValue

_ATTEMPT = ("generation_id", "run", "step", "attempt")

OutputKind = Literal["contract", "files", "findings"]
"""Closed: a router that does not know a kind cannot execute the step, and says so."""


class Prompt(Shape):
    """What the model is told; the router adds the output format to `user`."""

    system: str = Field(description="The system message.")
    user: str = Field(
        description="The user message, beginning with the lines Project, Step, Attempt, Language, Kind."
    )


class StepLimits(Shape):
    """How much a step may deliver."""

    files_max: int = Field(ge=1, description="Files.")
    file_bytes_max: int = Field(ge=1, description="UTF-8 bytes of one file.")
    total_bytes_max: int = Field(ge=1, description="UTF-8 bytes of all files or of the document.")
    output_tokens_max: int = Field(
        ge=1, description="Model tokens written, over all calls that make the output."
    )


class FilesOutput(Shape):
    """Generated files, each with its path in normal form and within the limits."""

    kind: Literal["files"] = Field(default="files", description="Files, not a document.")
    files: tuple[GeneratedFile, ...] = Field(
        description="The files, in the order in which the model wrote them."
    )


class DocumentOutput(Shape):
    """One JSON document, already in the shape that its kind asks for."""

    kind: Literal["contract", "findings"] = Field(description="An ApplicationContract or an AuditReport.")
    document: Annotated[dict[str, JsonValue], WRITTEN] = Field(description="The document.")


Output = Annotated[FilesOutput | DocumentOutput, Field(discriminator="kind")]


class ReplacedModel(Shape):
    """A model that answered before and whose text is to be discarded."""

    model: str = Field(description="The model that broke off.")
    reason: str = Field(description="Why: the outcome of its call.")


class ExecuteStep(
    RunMessage,
    key="llm-router.execute_step.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.LLM_ROUTER,),
    natural_key=_ATTEMPT,
    limit_bytes=CONTENT_BODY_BYTES_MAX,
):
    """Have a model write a step's output, within a deadline and these limits."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="1, or 2 and 3 for repairs.")
    user_id: Annotated[UserId, PERSONAL] = Field(description="For whom: work is shared out fairly by person.")
    project_id: ProjectId = Field(description="The project: its erasure blanks this prompt.")
    project_name: Annotated[str, WRITTEN] = Field(description="The project's name.")
    output_kind: OutputKind = Field(description="What is to be delivered.")
    prompt: Annotated[Prompt, WRITTEN] = Field(description="What the model is told.")
    models: tuple[PricedModel, ...] = Field(
        min_length=1,
        description="In order: the person's preference, the step's, the rate card's. No other is used.",
    )
    limits: StepLimits = Field(description="How much may be delivered.")
    deadline_seconds: int = Field(ge=1, description="For the whole attempt, counted from its first lease.")


class CancelStep(
    RunMessage,
    key="llm-router.cancel_step.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.LLM_ROUTER,),
    natural_key=("generation_id", "run", "step"),
):
    """Stop every attempt of a step; nothing is answered."""

    step: StepName = Field(description="The step.")


class StepExecuted(
    RunMessage,
    key="llm-router.step_executed.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_ATTEMPT,
    limit_bytes=CONTENT_BODY_BYTES_MAX,
):
    """A model answered in full; whether that completes the step is for the orchestrator to say."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The attempt.")
    output: Output = Field(description="What the model wrote.")
    rejected_files: tuple[RejectedFile, ...] = Field(
        description="Files that the path guard or a limit refused."
    )
    model: str = Field(description="The model whose text this is; texts of two models are never joined.")
    usage: Usage = Field(description="The billable calls: those that made this output.")
    absorbed_usage: Usage = Field(description="The other calls, which the platform pays.")
    calls: tuple[Call, ...] = Field(description="Every call of the attempt, in order.")


class StepExecutionFailed(
    RunMessage,
    key="llm-router.step_execution_failed.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_ATTEMPT,
):
    """No model delivered the step's output within the attempt."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The attempt.")
    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    detail: str = Field(description="A sentence for operators, in English, without content or secrets.")
    absorbed_usage: Usage = Field(description="Every call of the attempt; the platform pays them.")
    calls: tuple[Call, ...] = Field(description="Every call of the attempt, in order.")


class StepProgressed(
    RunMessage,
    key="llm-router.step_progressed.v1",
    via=Via.PROGRESS,
    consumers=(Service.GATEWAY,),
    natural_key=("call_id", "bytes"),
):
    """Text as a model writes it: transient, lossy, never stored."""

    step: StepName = Field(description="The step.")
    attempt: Attempt = Field(description="The attempt.")
    call_id: CallId = Field(description="The call that writes; a page that sees another one starts afresh.")
    model: str = Field(description="The model that writes.")
    replaced: ReplacedModel | None = Field(
        description="The model it stepped in for; null when it is the first."
    )
    path: Annotated[str | None, WRITTEN] = Field(description="The file being written; null outside a file.")
    offset: Count = Field(description="Where `text` begins in the file, in Unicode code points.")
    text: Annotated[str, WRITTEN] = Field(
        description="What was written since the last message, secrets masked in place; may be empty."
    )
    bytes: Count = Field(description="UTF-8 bytes that the call has written so far.")
    tokens: Count | None = Field(
        default=None,
        description="Model tokens that the call has written so far, about; null from older senders.",
    )


class ProviderStatusChanged(
    Message,
    key="llm-router.provider_status_changed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=("provider", "model", "revision"),
):
    """A model of a provider became available or stopped being so; the highest revision is in force."""

    provider: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="The provider.")
    model: str = Field(description="The model's name in the rate card.")
    revision: int = Field(ge=1, description="Counts the changes of this provider and model.")
    available: bool = Field(description="Whether it is called now.")
    simulated: bool = Field(description="Whether a simulator answers in its place.")
    reason: str | None = Field(
        description="Why it is not available: the outcome of the last call; null when it is."
    )

    def subject(self) -> str:
        """The provider and its model."""
        return f"{self.provider}/{self.model}"
