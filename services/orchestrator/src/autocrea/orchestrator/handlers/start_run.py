"""Billing holds the run's tokens."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.billing.v1 import TokensReserved
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import CONTENTS, Rows


class StartRun(RunHandler[TokensReserved]):
    """Start the first steps, whose prompts are made from what earlier runs delivered."""

    needs = CONTENTS

    def decide(self, rows: Rows, item: Received[TokensReserved], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects
