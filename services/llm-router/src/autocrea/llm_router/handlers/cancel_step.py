"""`CancelStep`: every attempt of the step stops, wherever it runs; also one that is still to be ordered."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.llm_router.v1 import CancelStep
from autocrea.llm_router.domain.rows import RowKey, Rows, step_row
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.handlers import attempt_job


class CancelStepHandler(HandlerBase):
    """Removing the job makes the replica that runs it cut its stream."""

    def rows(self, item: Received[CancelStep]) -> Iterable[RowKey]:
        return (step_row(_key(item.data)),)

    def decide(self, rows: Rows, item: Received[CancelStep], now: datetime) -> Effects:  # noqa: ARG002
        step = rows.steps[_key(item.data)]
        step.stop()
        return Effects(removed_jobs=attempt_job.job_keys(step))


def _key(command: CancelStep) -> StepKey:
    return StepKey(command.generation_id, command.run, command.step)
