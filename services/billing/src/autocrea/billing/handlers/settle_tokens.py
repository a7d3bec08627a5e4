"""A run ends: every step is brought to what it shall have cost, the rest is released, the hold is closed."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.settlement import settle
from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.billing.v1 import SettleTokens, TokensSettled


class SettleTokensHandler(HandlerBase):
    """Alone among the commands it has no answer for a bug: the run waits until the dead letter is replayed."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def rows(self, item: Received[SettleTokens]) -> Iterable[Key]:
        return (books.user(item.data.user_id), books.generation(item.data.generation_id))

    def decide(self, rows: Books, item: Received[SettleTokens], now: datetime) -> Effects:
        command = item.data
        wallet = rows.wallet(command.user_id, command.generation_id)
        settled = settle(wallet, command.generation_id, command.run, command.charges, command.fault, now)
        if settled is None:
            return Effects()
        wallet.absorb(command.absorbed_tokens, now, self._policy.absorbed_daily_max_tokens)
        answer = TokensSettled(
            generation_id=command.generation_id,
            run=command.run,
            charges=dict(settled.charges),
            refunds=dict(settled.refunds),
            released_tokens=settled.released_tokens,
        )
        return Effects(messages=(answer,))
