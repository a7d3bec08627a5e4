"""A person wants a pack: Stripe opens a session for it, and the purchase is noted as started.

Stripe first: a session that nobody noted is noted by its first event, for it carries the whole order; a purchase
without a session could not be paid. The session's idempotency key is the purchase, so a request that is repeated,
whatever died in between, gets the same session.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.purchase import Purchase
from autocrea.billing.domain.rate_card import RateCard
from autocrea.billing.ports import NewSession, OpenedSession, Payments, Purchases, Transact
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import UserId
from autocrea.contracts.internal import NewPurchase, PurchaseView


@dataclass(frozen=True, slots=True)
class StartPurchase:
    """The use case with everything it needs."""

    card: RateCard
    payments: Payments
    purchases: Purchases
    transact: Transact

    async def start(self, user_id: UserId, wanted: NewPurchase) -> PurchaseView:
        """The purchase and where it is paid. Raises Refused and Unavailable."""
        known = await self.purchases.one(user_id, wanted.purchase_id)
        if known is None:
            session = self._session(user_id, wanted)
            opened = await self.payments.open_session(session)
            await self.transact(rows(session), partial(decide, session, opened))
            known = await self.purchases.one(user_id, wanted.purchase_id)
        if known is None or known.pack != wanted.pack:
            raise Refused("idempotency_key_reused", "that key was used for another purchase")
        return known

    def _session(self, user_id: UserId, wanted: NewPurchase) -> NewSession:
        pack = self.card.pack(wanted.pack)
        if pack is None:
            raise Refused("unknown_pack", f"there is no pack {wanted.pack}", status=422, pack=wanted.pack)
        return NewSession(
            purchase_id=wanted.purchase_id,
            user_id=user_id,
            pack=pack.pack,
            title=getattr(pack.title, wanted.language),
            tokens=pack.tokens,
            amount=pack.amount,
            currency=pack.currency,
            rate_card_version=self.card.version,
            language=wanted.language,
        )


def rows(session: NewSession) -> Iterable[Key]:
    """The purchase, which its first event may have noted already, and the buyer's account."""
    return (books.user(session.user_id), books.purchase(session.purchase_id))


def decide(session: NewSession, opened: OpenedSession, found: Books, now: datetime) -> tuple[None, Effects]:
    """Note the purchase unless it is there."""
    if session.purchase_id not in found.purchases:
        found.purchases[session.purchase_id] = Purchase(
            purchase_id=session.purchase_id,
            user_id=session.user_id,
            session_id=opened.session_id,
            pack=session.pack,
            tokens=session.tokens,
            amount=session.amount,
            currency=session.currency,
            rate_card_version=session.rate_card_version,
            started_at=now,
            url=opened.url,
        )
    return None, Effects()
