"""What an order becomes: the pinned terms and steps of a generation, and its steps as each next run begins."""

from dataclasses import replace

from autocrea.contracts.gateway.v1 import GenerationRequested
from autocrea.contracts.vocabulary import StepState
from autocrea.orchestrator.domain.pipeline import Pipeline, StepSpec
from autocrea.orchestrator.domain.prompt_language import language_of_request
from autocrea.orchestrator.domain.saga import Order, Saga, Step

DEADLINE_SECONDS_UNKNOWN = 1800  # for an order whose pipeline nobody knows: no run of it ever starts


def adopt(saga: Saga, message: GenerationRequested, pipeline: Pipeline | None) -> Saga:
    """The first run of this order on this pipeline; without one it has no steps."""
    order = Order(
        user_id=message.user_id,
        project_id=message.project_id,
        project_name=printable(message.project_name),
        language=language_of_request(message.prompt, message.language),
        email_verified=message.email_verified,
        model_preference=message.model_preference,
        rate_card_version=message.rate_card_version,
        pipeline=message.pipeline,
        pipeline_digest=pipeline.digest if pipeline else message.pipeline_digest,
        run_deadline_seconds=pipeline.run_deadline_seconds if pipeline else DEADLINE_SECONDS_UNKNOWN,
    )
    steps = tuple(_step(spec) for spec in pipeline.steps) if pipeline else ()
    return replace(saga, order=order, run=1, steps=steps)


def next_run(saga: Saga) -> Saga:
    """The run after this one: completed steps stay, all others wait again."""
    fresh = saga.with_steps(_again)
    return replace(fresh, run=saga.run + 1, models=(), settlement=None, archive=None)


def printable(text: str) -> str:
    """The text without NUL, which no column of PostgreSQL holds."""
    return text.replace("\x00", "")


def _step(spec: StepSpec) -> Step:
    return Step(
        name=spec.name,
        title_es=spec.title_es,
        title_en=spec.title_en,
        icon=spec.icon,
        output_kind=spec.output_kind,
        depends_on=spec.depends_on,
        cap_tokens=spec.cap_tokens,
        model=spec.model,
    )


def _again(step: Step) -> Step:
    if step.completed:
        return replace(step, absorbed_tokens=0)
    return replace(
        step,
        state=StepState.WAITING,
        attempt=0,
        started_at=None,
        answer=None,
        findings=(),
        omitted=(),
        absorbed_tokens=0,
    )
