"""Commands as the orchestrator sends them, and answers as a model writes them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from autocrea.chassis.handlers import Finished, Job, NewJob, Received
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.llm_router.v1 import CancelStep, ExecuteStep, OutputKind, Prompt, StepLimits
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import StepCompleted, StepFailed
from autocrea.contracts.shapes import NO_USAGE, PricedModel
from autocrea.llm_router.domain.markers import done_line, end_line, file_line

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NONCE = "7f3a9c2e"
REQUEST = "<request>\nUna tienda de ñandúes con carrito\n</request>\n\n"
MODELS = ("joxcoder-1", "gpt-4.1", "gpt-4.1-mini")


def priced(model: str, context_tokens: int = 0) -> PricedModel:
    """A model at a price of one."""
    one = Decimal(1)
    return PricedModel(
        model=model, price_input=one, price_output=one, price_cached=one, context_tokens=context_tokens
    )


def order(
    *models: str,
    generation: UUID | None = None,
    step: str = "backend",
    attempt: int = 1,
    kind: OutputKind = "files",
    project: str = "tienda",
    user: str = "user_ada",
    user_text: str | None = None,
    output_tokens_max: int = 10_000,
    context_tokens: int = 0,
    deadline_seconds: int = 600,
) -> ExecuteStep:
    """A command; by default for files, of the three models that the tests know."""
    header = f"Project: {project}\nStep: {step}\nAttempt: {attempt}\nLanguage: es\nKind: {kind}\n\n"
    return ExecuteStep(
        generation_id=GenerationId(generation or uuid4()),
        run=1,
        step=StepName(step),
        attempt=attempt,
        user_id=UserId(user),
        project_id=ProjectId(UUID(int=2)),
        project_name=project,
        output_kind=kind,
        prompt=Prompt(system="You write applications.", user=header + (user_text or "Escribe la tienda.")),
        models=tuple(priced(model, context_tokens) for model in models or MODELS),
        limits=StepLimits(
            files_max=200, file_bytes_max=2**19, total_bytes_max=2**20, output_tokens_max=output_tokens_max
        ),
        deadline_seconds=deadline_seconds,
    )


def design(project: str = "tienda", **more: Any) -> ExecuteStep:
    """The architecture step, as the simulators understand it."""
    return order(step="architecture", kind="contract", project=project, user_text=REQUEST, **more)


def write(contract: dict[str, Any], step: str, project: str = "tienda", **more: Any) -> ExecuteStep:
    """A step that writes the files of a contract."""
    fenced = f"## Contract\n\n```json\n{json.dumps(contract, ensure_ascii=False)}\n```\n\n{REQUEST}"
    return order(step=step, project=project, user_text=fenced, **more)


def cancel(command: ExecuteStep) -> CancelStep:
    return CancelStep(generation_id=command.generation_id, run=command.run, step=command.step)


def completed(command: ExecuteStep, attempt: int = 1) -> StepCompleted:
    """The verdict that an attempt's output was accepted."""
    return StepCompleted(
        generation_id=command.generation_id,
        run=command.run,
        user_id=command.user_id,
        project_id=command.project_id,
        sequence=3,
        step=command.step,
        attempt=attempt,
        model="joxcoder-1",
        usage=NO_USAGE,
        charge_tokens=5,
        files=(),
        findings=(),
        summary="",
        duration_ms=1,
        calls=(),
    )


def failed(command: ExecuteStep) -> StepFailed:
    """The verdict that the step came to nothing."""
    return StepFailed(
        generation_id=command.generation_id,
        run=command.run,
        user_id=command.user_id,
        project_id=command.project_id,
        sequence=3,
        step=command.step,
        attempt=1,
        fault=FaultCode.PROVIDER_UNAVAILABLE,
        findings=(),
        calls=(),
        cancelled_steps=(),
        skipped_steps=(),
    )


def block(path: str, text: str) -> str:
    """A whole file as the protocol has it."""
    return f"{file_line(NONCE, path)}\n{text}\n{end_line(NONCE)}\n"


def done(*lines: str) -> str:
    """The end marker with its list."""
    return "\n".join((done_line(NONCE), *lines, end_line(NONCE)))


def received(message: Message) -> Received[Any]:
    """A message as it comes out of the inbox."""
    return Received(open_envelope(seal(message, source=message.sender, time=NOW).body), message)


def taken(job: NewJob, first_leased_at: datetime = NOW) -> Job:
    """A job as a runner has it."""
    return Job(
        kind=job.kind,
        key=job.key,
        payload=job.payload,
        due_at=job.due_at or NOW,
        fair_key=job.fair_key,
        attempts=0,
        first_leased_at=first_leased_at,
        lease_token=UUID(int=1),
        cause=None,
        traceparent=None,
    )


def finished(job: NewJob, result: Any) -> Finished[Any]:
    """A job whose work ended."""
    return Finished(taken(job), result)
