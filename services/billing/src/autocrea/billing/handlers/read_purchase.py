"""A person looks at a purchase: of one that is only started Stripe is asked once, for its event may be on the way.

What Stripe answers here can say *paid*. Tokens are credited by the event alone.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.ports import Payments, Purchases, Transact
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.internal import PurchaseView
from autocrea.contracts.vocabulary import PurchaseState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadPurchase:
    """The use case with everything it needs."""

    payments: Payments
    purchases: Purchases
    transact: Transact

    async def read(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView:
        """The purchase as it stands. Raises Refused(not_found), and Unavailable."""
        known = await self._known(user_id, purchase_id)
        if known.state == PurchaseState.STARTED and await self._is_news(user_id, purchase_id):
            known = await self._known(user_id, purchase_id)
        return known

    async def _known(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView:
        known = await self.purchases.one(user_id, purchase_id)
        if known is None:
            raise Refused("not_found", f"there is no purchase {purchase_id} of this person", status=404)
        return known

    async def _is_news(self, user_id: UserId, purchase_id: PurchaseId) -> bool:
        session_id = await self.purchases.session_of(user_id, purchase_id)
        try:
            fact = await self.payments.read_session(session_id) if session_id else None
        except Unavailable as error:
            log.info("a purchase is shown as it was known", extra={"reason": error.what})
            return False
        if fact is None or fact.purchase_id != purchase_id:
            return False
        await self.transact(rows(fact), partial(decide, fact))
        return True


def rows(fact: SessionFact) -> Iterable[Key]:
    """The purchase, under its buyer's account."""
    return (books.user(fact.user_id), books.purchase(fact.purchase_id))


def decide(fact: SessionFact, found: Books, now: datetime) -> tuple[None, Effects]:  # noqa: ARG001
    """Note how the session stands; move no token."""
    purchase = found.purchases.get(fact.purchase_id)
    if purchase is not None:
        purchase.merge(fact.session, fact.payment)
    return None, Effects()
