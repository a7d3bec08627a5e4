"""What operators look at is written down like what they change."""

from datetime import datetime

from autocrea.billing.domain.books import Books
from autocrea.chassis.handlers import Effects, OperatorAction


def decide(action: OperatorAction, found: Books, now: datetime) -> tuple[None, Effects]:  # noqa: ARG001
    """Note a deed that moves no tokens."""
    return None, Effects(actions=(action,))
