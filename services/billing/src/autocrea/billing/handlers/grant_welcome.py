"""The welcome grant, at once or on the next day whose budget contains it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.welcome import welcome
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, NewJob
from autocrea.contracts.ids import UserId

GRANT_WELCOME: Final = "grant_welcome"
"""The job of a user whose welcome did not fit into the day's budget; its key is the user."""


class GrantWelcome(HandlerBase):
    """The day after."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def rows(self, item: Finished[None] | Failed) -> Iterable[Key]:
        user_id = UserId(item.job.key)
        return (books.user(user_id), books.welcome_of(user_id))

    def decide(self, rows: Books, item: Finished[None] | Failed, now: datetime) -> Effects:
        return grant_welcome(rows, UserId(item.job.key), self._policy, now)


def grant_welcome(rows: Books, user_id: UserId, policy: Policy, now: datetime) -> Effects:
    """Welcome a user whose e-mail is verified; a job tries again tomorrow if today's budget is spent."""
    wallet = rows.wallet(user_id)
    if rows.budget is None:  # not even locked: the user was welcomed before
        return Effects()
    again_at = welcome(wallet, rows.budget, policy.welcome_tokens, policy.welcome_daily_max_tokens, now)
    if again_at is None:
        return Effects()
    return Effects(jobs=(NewJob(GRANT_WELCOME, user_id, due_at=again_at, fair_key=user_id),))
