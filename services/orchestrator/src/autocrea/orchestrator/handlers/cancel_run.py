"""A person wants a run to stop."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.gateway.v1 import CancellationRequested
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class CancelRun(RunHandler[CancellationRequested]):
    """Stop what runs, or note that the coming run is not wanted."""

    def decide(self, rows: Rows, item: Received[CancellationRequested], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
