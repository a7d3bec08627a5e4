"""Which handler takes which message and job."""

from autocrea.chassis.registry import Registry
from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.billing.v1 import ReservationRefused, TokensReserved, TokensSettled
from autocrea.contracts.gateway.v1 import (
    CancellationRequested,
    GenerationRequested,
    ProjectDeleted,
    RetryRequested,
)
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.handlers.apply_decision import RUN_DEADLINE, VERIFY_STEP
from autocrea.orchestrator.handlers.cancel_run import CancelRun
from autocrea.orchestrator.handlers.end_overdue_run import EndOverdueRun
from autocrea.orchestrator.handlers.end_run import EndRun
from autocrea.orchestrator.handlers.erase_project import EraseProject
from autocrea.orchestrator.handlers.fail_packaging import FailPackaging
from autocrea.orchestrator.handlers.fail_step import FailStep
from autocrea.orchestrator.handlers.queue_generation import QueueGeneration
from autocrea.orchestrator.handlers.queue_retry import QueueRetry
from autocrea.orchestrator.handlers.record_output import RecordOutput
from autocrea.orchestrator.handlers.reject_run import RejectRun
from autocrea.orchestrator.handlers.settle_run import SettleRun
from autocrea.orchestrator.handlers.start_run import StartRun
from autocrea.orchestrator.handlers.verify_step import VerificationWork, VerifyStep
from autocrea.orchestrator.ports import Key, Materials, Parsers

VERIFY_LEASE_SECONDS = (
    30.0  # renewed while it works; a killed process's verification is free again after this
)
VERIFY_ATTEMPTS_MAX = 3  # a verification that fails twice on the same output fails for a reason


def register(
    registry: Registry[LoadedRows, Key], materials: Materials, parsers: Parsers, *, verifications_max: int
) -> None:
    registry.on(GenerationRequested, QueueGeneration())
    registry.on(RetryRequested, QueueRetry())
    registry.on(CancellationRequested, CancelRun())
    registry.on(ProjectDeleted, EraseProject())
    registry.on(TokensReserved, StartRun())
    registry.on(ReservationRefused, RejectRun())
    registry.on(TokensSettled, EndRun())
    registry.on(StepExecuted, RecordOutput())
    registry.on(StepExecutionFailed, FailStep())
    registry.on(ArtifactReady, SettleRun())
    registry.on(PackagingFailed, FailPackaging())
    registry.due(RUN_DEADLINE, EndOverdueRun())
    registry.work(
        VERIFY_STEP,
        VerificationWork(materials, parsers),
        VerifyStep(),
        concurrency=verifications_max,
        lease_seconds=VERIFY_LEASE_SECONDS,
        attempts_max=VERIFY_ATTEMPTS_MAX,
    )
