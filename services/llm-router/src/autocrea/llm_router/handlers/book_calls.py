"""`StepCompleted` and `StepFailed`: the verdict on a step says which of its calls are billed and which absorbed."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.orchestrator.v1 import StepCompleted, StepFailed
from autocrea.llm_router.domain.rows import RowKey, Rows, step_row
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.handlers import attempt_job


class BookCompletedStep(HandlerBase):
    """The calls that made the accepted output are billed, all others absorbed."""

    def rows(self, item: Received[StepCompleted]) -> Iterable[RowKey]:
        return (step_row(_key(item.data)),)

    def decide(self, rows: Rows, item: Received[StepCompleted], now: datetime) -> Effects:  # noqa: ARG002
        rows.steps[_key(item.data)].complete(item.data.attempt)
        return Effects()


class BookFailedStep(HandlerBase):
    """Every call is absorbed; what still runs is cut."""

    def rows(self, item: Received[StepFailed]) -> Iterable[RowKey]:
        return (step_row(_key(item.data)),)

    def decide(self, rows: Rows, item: Received[StepFailed], now: datetime) -> Effects:  # noqa: ARG002
        step = rows.steps[_key(item.data)]
        step.stop()
        return Effects(removed_jobs=attempt_job.job_keys(step))


def _key(event: StepCompleted | StepFailed) -> StepKey:
    return StepKey(event.generation_id, event.run, event.step)
