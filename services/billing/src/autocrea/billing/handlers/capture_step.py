"""A step completed: its charge is debited, once, out of the run's hold."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.settlement import capture_step
from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.orchestrator.v1 import StepCompleted


class CaptureStep(HandlerBase):
    """Takes the saga's figure as it is; one above the step's cap is a bug, never a charge."""

    def rows(self, item: Received[StepCompleted]) -> Iterable[Key]:
        return (books.user(item.data.user_id), books.generation(item.data.generation_id))

    def decide(self, rows: Books, item: Received[StepCompleted], now: datetime) -> Effects:
        fact = item.data
        wallet = rows.wallet(fact.user_id, fact.generation_id)
        capture_step(wallet, fact.generation_id, fact.run, fact.step, fact.charge_tokens, now)
        return Effects()
