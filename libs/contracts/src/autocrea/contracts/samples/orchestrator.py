"""A sample of each message of the orchestrator."""

from collections.abc import Iterator
from typing import Final, TypedDict

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, UserId
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator import v1
from autocrea.contracts.samples import values as the
from autocrea.contracts.shapes import RetryOffer, StepOutcome
from autocrea.contracts.vocabulary import StepState

_TYPICAL_SECONDS: Final = 20


class _Common(TypedDict):
    generation_id: GenerationId
    run: int
    user_id: UserId
    project_id: ProjectId


_COMMON: Final = _Common(generation_id=the.GENERATION, run=1, user_id=the.ADA, project_id=the.PROJECT)


def samples() -> Iterator[Message]:
    """One of each, in the catalogue's order."""
    yield v1.GenerationStarted(
        **_COMMON,
        sequence=1,
        pipeline=the.PIPELINE,
        pipeline_digest=the.PIPELINE_DIGEST,
        quote_tokens=sum(the.CAPS.values()),
        steps=tuple(
            v1.PlannedStep(step=step, title=title, icon=icon, cap_tokens=cap, depends_on=needs, reused=False)
            for step, (title, icon, cap, needs) in the.TITLES.items()
        ),
    )
    yield from _steps()
    yield from _ends()
    yield v1.PipelinePublished(
        pipeline=the.PIPELINE,
        revision=1,
        digest=the.PIPELINE_DIGEST,
        quote_tokens=sum(the.CAPS.values()),
        steps=tuple(
            v1.PipelineStep(
                step=step,
                title=title,
                icon=icon,
                cap_tokens=cap,
                depends_on=needs,
                typical_seconds=_TYPICAL_SECONDS,
            )
            for step, (title, icon, cap, needs) in the.TITLES.items()
        ),
    )


def _steps() -> Iterator[Message]:
    yield v1.StepStarted(**_COMMON, sequence=2, step=the.ARCHITECTURE)
    yield v1.StepAttemptFailed(
        **_COMMON,
        sequence=6,
        step=the.FRONTEND,
        attempt=1,
        findings=(the.ERROR,),
        calls=(the.COMPLETED_CALL,),
        next_attempt=2,
    )
    yield v1.StepCompleted(
        **_COMMON,
        sequence=7,
        step=the.BACKEND,
        attempt=1,
        model=the.MODEL,
        usage=the.USAGE,
        charge_tokens=the.CHARGES[the.BACKEND],
        files=(the.FILE_ENTRY,),
        findings=(the.WARNING,),
        summary="API con 4 rutas y base de datos SQLite.",
        duration_ms=18_900,
        calls=(the.COMPLETED_CALL,),
    )
    yield v1.StepFailed(
        **_COMMON,
        sequence=9,
        step=the.DEVOPS,
        attempt=1,
        fault=FaultCode.PROVIDER_UNAVAILABLE,
        findings=(),
        calls=(the.BROKEN_CALL,),
        cancelled_steps=(),
        skipped_steps=(the.AUDIT,),
    )


def _ends() -> Iterator[Message]:
    yield v1.GenerationCompleted(
        **_COMMON,
        sequence=12,
        steps=tuple(
            StepOutcome(step=step, state=StepState.COMPLETED, charge_tokens=charge, net_tokens=charge)
            for step, charge in the.CHARGES.items()
        ),
        net_tokens=sum(the.CHARGES.values()),
        warnings=1,
        archive=v1.Archive(file_name=the.FILE_NAME, sha256=the.FILE_ENTRY.sha256, bytes=48_211, files=23),
    )
    yield v1.GenerationFailed(
        **_COMMON,
        sequence=10,
        fault=FaultCode.PROVIDER_UNAVAILABLE,
        steps=(
            StepOutcome(step=the.BACKEND, state=StepState.COMPLETED, charge_tokens=11, net_tokens=0),
            StepOutcome(step=the.DEVOPS, state=StepState.FAILED, charge_tokens=0, net_tokens=0),
            StepOutcome(step=the.AUDIT, state=StepState.SKIPPED, charge_tokens=0, net_tokens=0),
        ),
        net_tokens=0,
        refunded_tokens=11,
        retry=RetryOffer(quote_tokens=23, steps=(the.DEVOPS, the.AUDIT)),
    )
    yield v1.GenerationCancelled(
        **_COMMON,
        sequence=5,
        fault=FaultCode.CANCELLED_BY_USER,
        steps=(
            StepOutcome(step=the.ARCHITECTURE, state=StepState.COMPLETED, charge_tokens=5, net_tokens=5),
            StepOutcome(step=the.BACKEND, state=StepState.CANCELLED, charge_tokens=0, net_tokens=0),
        ),
        net_tokens=5,
        refunded_tokens=0,
        retry=RetryOffer(quote_tokens=42, steps=(the.BACKEND, the.FRONTEND, the.DEVOPS, the.AUDIT)),
    )
    yield v1.GenerationRejected(
        **_COMMON,
        sequence=1,
        fault=FaultCode.INSUFFICIENT_TOKENS,
        available_tokens=10,
        needed_tokens=50,
        retry_after_seconds=None,
        retry=RetryOffer(quote_tokens=50, steps=tuple(the.CAPS)),
    )
