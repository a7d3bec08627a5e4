"""The job that packages one run: how it is named, and which run a job is about."""

from uuid import UUID

from autocrea.artifacts.domain.generation import Generation
from autocrea.chassis.handlers import Job, JobKey, NewJob
from autocrea.contracts.ids import GenerationId

PACKAGE_GENERATION = "package_generation"


def new_job(generation: Generation, run: int) -> NewJob:
    """A packaging that is due now, in its person's turn."""
    payload = {"generation_id": str(generation.id), "run": run}
    return NewJob(
        PACKAGE_GENERATION, _key(generation.id, run), payload=payload, fair_key=generation.user_id or ""
    )


def job_key(generation: Generation, run: int) -> JobKey:
    """What removes the packaging of a run."""
    return JobKey(PACKAGE_GENERATION, _key(generation.id, run))


def run_of(job: Job) -> tuple[GenerationId, int]:
    """The run that a packaging is about."""
    return GenerationId(UUID(job.payload["generation_id"])), int(job.payload["run"])


def _key(generation_id: GenerationId, run: int) -> str:
    return f"{generation_id}:{run}"
