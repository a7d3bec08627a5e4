"""The archive of a run is stored."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.artifacts.v1 import ArtifactReady
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class SettleRun(RunHandler[ArtifactReady]):
    """Ask billing for the final figures."""

    def decide(self, rows: Rows, item: Received[ArtifactReady], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
