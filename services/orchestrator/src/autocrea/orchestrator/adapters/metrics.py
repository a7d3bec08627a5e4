"""The orchestrator's metrics: how generations end, how long steps take, what they cost; counted from facts told."""

from autocrea.chassis.handlers import Connection
from autocrea.chassis.told import Told
from autocrea.contracts.faults import FaultClass, fault
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationRejected,
    StepAttemptFailed,
    StepCompleted,
    StepFailed,
)
from autocrea.orchestrator.domain.saga import RunState
from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200)
STEP_SECONDS = Histogram(
    "autocrea_step_seconds",
    "From a step's start to its completion, repairs included.",
    ["step"],
    buckets=SECONDS,
)
STEPS_FAILED = Counter("autocrea_steps_failed", "Steps that were given up.", ["step", "fault"])
ATTEMPTS_FAILED = Counter(
    "autocrea_attempts_failed", "Attempts that verification sent back for a repair.", ["step"]
)
TOKENS_CHARGED = Counter("autocrea_tokens_charged", "Tokens charged for completed steps.", ["step"])
GENERATIONS_ENDED = Counter(
    "autocrea_generations_ended",
    "Runs by how they ended and whose the fault was.",
    ["state", "fault_class"],
)
GENERATIONS_OPEN = Gauge("autocrea_generations_open", "Generations that have not ended, by state.", ["state"])

STATES_OPEN = (RunState.QUEUED, RunState.RUNNING, RunState.PACKAGING, RunState.SETTLING)

_OPEN = """
SELECT run_state, count(*)::int AS open FROM sagas
WHERE run_state IN ('queued', 'running', 'packaging', 'settling') GROUP BY run_state"""


def register(told: Told) -> None:
    """Count from what the service tells; the series that alerts compare exist from the start."""
    completed, cancelled, rejected = (
        GENERATIONS_ENDED.labels(state, "")
        for state in (RunState.COMPLETED, RunState.CANCELLED, RunState.REJECTED)
    )
    failed = {each: GENERATIONS_ENDED.labels(RunState.FAILED, each) for each in FaultClass}
    told.on(GenerationCompleted, lambda _: completed.inc())
    told.on(GenerationFailed, lambda ended: failed[fault(ended.fault).fault_class].inc())
    told.on(GenerationCancelled, lambda _: cancelled.inc())
    told.on(GenerationRejected, lambda _: rejected.inc())
    told.on(StepCompleted, _completed)
    told.on(StepFailed, lambda failed: STEPS_FAILED.labels(failed.step, str(failed.fault)).inc())
    told.on(StepAttemptFailed, lambda failed: ATTEMPTS_FAILED.labels(failed.step).inc())


def _completed(step: StepCompleted) -> None:
    STEP_SECONDS.labels(step.step).observe(step.duration_ms / 1000)
    TOKENS_CHARGED.labels(step.step).inc(step.charge_tokens)


async def measure(connection: Connection) -> None:
    """How many are open, by state."""
    found = {row["run_state"]: row["open"] for row in await connection.fetch(_OPEN)}
    for state in STATES_OPEN:
        GENERATIONS_OPEN.labels(state).set(found.get(state, 0))
