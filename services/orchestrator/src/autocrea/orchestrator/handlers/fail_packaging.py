"""No archive can be made of a run."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.artifacts.v1 import PackagingFailed
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class FailPackaging(RunHandler[PackagingFailed]):
    """Settle the run as failed, at our cost."""

    def decide(self, rows: Rows, item: Received[PackagingFailed], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
