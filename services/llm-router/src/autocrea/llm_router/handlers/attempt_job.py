"""The job that runs one attempt: how it is named, and what it is about."""

from uuid import UUID

from autocrea.chassis.handlers import Job, JobKey, NewJob
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.llm_router.domain.steps import Step, StepKey

EXECUTE_STEP = "execute_step"


def new_job(order: ExecuteStep) -> NewJob:
    """An attempt that is due now, in its person's turn."""
    return NewJob(
        EXECUTE_STEP,
        _key(step_of(order), order.attempt),
        payload=order.model_dump(mode="json"),
        fair_key=order.user_id,
    )


def job_keys(step: Step) -> tuple[JobKey, ...]:
    """What removes every attempt of a step."""
    return tuple(JobKey(EXECUTE_STEP, _key(step.key, attempt)) for attempt in range(1, step.attempt + 1))


def subject_of(job: Job) -> tuple[StepKey, int]:
    """Step and attempt, from the job's name alone: its payload may be what is broken."""
    generation_id, run, step, attempt = job.key.split(":")
    return StepKey(GenerationId(UUID(generation_id)), int(run), StepName(step)), int(attempt)


def step_of(order: ExecuteStep) -> StepKey:
    """The step that a command is about."""
    return StepKey(order.generation_id, order.run, order.step)


def _key(step: StepKey, attempt: int) -> str:
    return f"{step.generation_id}:{step.run}:{step.step}:{attempt}"
