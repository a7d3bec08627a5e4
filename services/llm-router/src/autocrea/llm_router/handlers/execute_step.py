"""`ExecuteStep`: an attempt becomes a job, unless its step was closed before the command came."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.llm_router.domain.rows import RowKey, Rows, step_row
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.finish_attempt import internal_fault


class ExecuteStepHandler:
    """Answers `internal` when it hits a bug, so that the run does not wait for its deadline."""

    def rows(self, item: Received[ExecuteStep]) -> Iterable[RowKey]:
        return (step_row(attempt_job.step_of(item.data)),)

    def decide(self, rows: Rows, item: Received[ExecuteStep], now: datetime) -> Effects:  # noqa: ARG002
        order = item.data
        if rows.steps[attempt_job.step_of(order)].order(order.attempt):
            return Effects(jobs=(attempt_job.new_job(order),))
        return Effects()

    def on_bug(self, rows: Rows, item: Received[ExecuteStep], now: datetime) -> Effects:  # noqa: ARG002
        key = attempt_job.step_of(item.data)
        if rows.steps[key].closed:
            return Effects()
        return Effects(messages=(internal_fault(key, item.data.attempt, "taking the command in hit a bug"),))
