"""Billing refuses to hold the run's tokens."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.billing.v1 import ReservationRefused
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class RejectRun(RunHandler[ReservationRefused]):
    """End the run before any model was called."""

    def decide(self, rows: Rows, item: Received[ReservationRefused], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
