"""A model answered in full."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.llm_router.v1 import StepExecuted
from autocrea.orchestrator.domain.decision import VerifyStep
from autocrea.orchestrator.domain.library import StoredOutput
from autocrea.orchestrator.domain.saga import OutputRef
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class RecordOutput(RunHandler[StepExecuted]):
    """Keep the output of the attempt that is awaited and have it verified; a late one is not kept."""

    def decide(self, rows: Rows, item: Received[StepExecuted], now: datetime) -> Effects:
        message = item.data
        applied = apply(rows, message.generation_id, message, now)
        if any(isinstance(job, VerifyStep) for job in applied.decision.jobs):
            ref = OutputRef(message.run, message.step, message.attempt)
            rows.keep_output(message.generation_id, ref, StoredOutput(message.output, message.rejected_files))
        return applied.effects
