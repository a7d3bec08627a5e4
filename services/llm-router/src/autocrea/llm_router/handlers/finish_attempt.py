"""The end of an attempt's job: the answer that the orchestrator waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis.handlers import Effects, Failed, Finished
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.contracts.shapes import NO_USAGE
from autocrea.llm_router.domain.rows import RowKey, Rows, step_row
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.handlers import attempt_job


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """What the work of an attempt came to. `made_by` are the calls whose text was delivered."""

    answer: StepExecuted | StepExecutionFailed
    made_by: frozenset[CallId]


Item = Finished[AttemptEnd | None]


class FinishAttempt:
    """An attempt whose step was closed meanwhile is answered to nobody."""

    def rows(self, item: Item | Failed) -> Iterable[RowKey]:
        return (step_row(attempt_job.subject_of(item.job)[0]),)

    def decide(self, rows: Rows, item: Item | Failed, now: datetime) -> Effects:  # noqa: ARG002
        assert isinstance(item, Finished), "a job that was given up goes to on_bug"
        step = rows.steps[attempt_job.subject_of(item.job)[0]]
        if item.result is None or step.closed:
            return Effects()
        step.delivered(item.result.made_by)
        return Effects(messages=(item.result.answer,))

    def on_bug(self, rows: Rows, item: Item | Failed, now: datetime) -> Effects:  # noqa: ARG002
        key, attempt = attempt_job.subject_of(item.job)
        if rows.steps[key].closed:
            return Effects()
        return Effects(messages=(internal_fault(key, attempt, "running the attempt hit a bug"),))


def internal_fault(key: StepKey, attempt: int, detail: str) -> StepExecutionFailed:
    """The answer to a command that hit a bug; its calls stay in `llm_calls` and are absorbed."""
    return StepExecutionFailed(
        generation_id=key.generation_id,
        run=key.run,
        step=key.step,
        attempt=attempt,
        fault=FaultCode.INTERNAL,
        detail=detail,
        absorbed_usage=NO_USAGE,
        calls=(),
    )
