"""No model delivered a step's output."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.llm_router.v1 import StepExecutionFailed
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class FailStep(RunHandler[StepExecutionFailed]):
    """Fail the step; the run settles."""

    def decide(self, rows: Rows, item: Received[StepExecutionFailed], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
