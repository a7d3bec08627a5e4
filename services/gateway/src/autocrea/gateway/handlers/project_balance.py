"""A balance as billing tells it: the highest version is in force, an older one that comes late changes nothing."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Received, Signal
from autocrea.contracts.billing.v1 import BalanceChanged
from autocrea.gateway.domain.account import Balance
from autocrea.gateway.domain.read_model import FEED_CHANNEL, Key, Rows, message_data, user_key, user_stream


class ProjectBalance(HandlerBase):
    """Keeps the balance and tells its owner."""

    def rows(self, item: Received[BalanceChanged]) -> Iterable[Key]:
        return (user_key(item.data.user_id),)

    def decide(self, rows: Rows, item: Received[BalanceChanged], now: datetime) -> Effects:  # noqa: ARG002
        fact = item.data
        known = rows.balances.get(fact.user_id)
        if known is not None and known.version >= fact.version:
            return Effects()
        rows.balances[fact.user_id] = Balance.told(fact)
        rows.tell_user(fact.user_id, "balance_changed", item.envelope.time, message_data(fact))
        return Effects(signals=(Signal(FEED_CHANNEL, user_stream(fact.user_id)),))
