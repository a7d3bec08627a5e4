"""A purchase as billing tells it: passed on to the buyer's feed; its `version` lets a page drop one that comes late."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Received, Signal
from autocrea.contracts.billing.v1 import PurchaseChanged
from autocrea.gateway.domain.read_model import FEED_CHANNEL, Key, Rows, message_data, user_key, user_stream


class ProjectPurchase(HandlerBase):
    """Tells the buyer."""

    def rows(self, item: Received[PurchaseChanged]) -> Iterable[Key]:
        return (user_key(item.data.user_id),)

    def decide(self, rows: Rows, item: Received[PurchaseChanged], now: datetime) -> Effects:  # noqa: ARG002
        fact = item.data
        rows.tell_user(fact.user_id, "purchase_changed", item.envelope.time, message_data(fact))
        return Effects(signals=(Signal(FEED_CHANNEL, user_stream(fact.user_id)),))
