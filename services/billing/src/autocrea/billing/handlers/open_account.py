"""A person came for the first time, or for the first time with a verified e-mail."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.policy import Policy
from autocrea.billing.handlers.grant_welcome import grant_welcome
from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.gateway.v1 import AccountOpened


class OpenAccount(HandlerBase):
    """Loading the wallet opens the account, and a new account is told; a verified person is welcomed."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def rows(self, item: Received[AccountOpened]) -> Iterable[Key]:
        yield books.user(item.data.user_id)
        if item.data.email_verified:
            yield books.welcome_of(item.data.user_id)

    def decide(self, rows: Books, item: Received[AccountOpened], now: datetime) -> Effects:
        if not item.data.email_verified:
            return Effects()
        return grant_welcome(rows, item.data.user_id, self._policy, now)
