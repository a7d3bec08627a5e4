"""Which message and which job goes to which handler."""

from datetime import timedelta

from autocrea.chassis.registry import Registry
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.llm_router.v1 import CancelStep, ExecuteStep
from autocrea.contracts.orchestrator.v1 import StepCompleted, StepFailed
from autocrea.llm_router.domain.rows import RowKey, Rows
from autocrea.llm_router.handlers.attempt_job import EXECUTE_STEP
from autocrea.llm_router.handlers.book_calls import BookCompletedStep, BookFailedStep
from autocrea.llm_router.handlers.cancel_step import CancelStepHandler
from autocrea.llm_router.handlers.erase_project import EraseProject
from autocrea.llm_router.handlers.execute_step import ExecuteStepHandler
from autocrea.llm_router.handlers.finish_attempt import FinishAttempt
from autocrea.llm_router.handlers.rest_models import REST_MODEL, RestModel
from autocrea.llm_router.handlers.run_attempt import RunAttempt

LEASE = timedelta(seconds=30)  # a replica that died is noticed this late; three heartbeats fit in
BUGS_MAX = 2  # tries of an attempt that hit a bug: each costs model calls that the platform pays


def register(
    registry: Registry[Rows, RowKey],
    run_attempt: RunAttempt,
    *,
    simulated: frozenset[str],
    concurrency: int,
    per_user: int,
) -> None:
    """Tell the chassis everything that the router reacts to."""
    registry.on(ExecuteStep, ExecuteStepHandler())
    registry.on(CancelStep, CancelStepHandler())
    registry.on(StepCompleted, BookCompletedStep())
    registry.on(StepFailed, BookFailedStep())
    registry.on(ProjectDeleted, EraseProject())
    registry.work(
        EXECUTE_STEP,
        run_attempt,
        FinishAttempt(),
        concurrency=concurrency,
        per_fair_key=per_user,
        lease_seconds=LEASE.total_seconds(),
        attempts_max=BUGS_MAX,
    )
    registry.due(REST_MODEL, RestModel(simulated))
