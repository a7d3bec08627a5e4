"""Billing has settled a run."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.billing.v1 import TokensSettled
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class EndRun(RunHandler[TokensSettled]):
    """Say the terminal: nothing is open any more."""

    def decide(self, rows: Rows, item: Received[TokensSettled], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
