"""What Stripe tells, applied: the ledger is brought to what all facts together ask for, in whatever order they come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain.errors import WrongPayment
from autocrea.billing.domain.ledger import Purpose, TransferKind
from autocrea.billing.domain.purchase import (
    Payment,
    PaymentId,
    PaymentStatus,
    Purchase,
    Reversal,
    ReversalKind,
    SessionStatus,
)
from autocrea.billing.domain.rate_card import RateCard
from autocrea.billing.domain.wallet import Wallet
from autocrea.contracts.ids import PurchaseId, UserId


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A Checkout Session of ours as it was told: what was ordered (our own words, kept by Stripe), how it stands."""

    session_id: str
    purchase_id: PurchaseId
    user_id: UserId
    pack: str
    tokens: int
    rate_card_version: str
    amount: int
    currency: str
    payment_id: PaymentId | None
    session: SessionStatus
    payment: PaymentStatus


Fact = SessionFact | Reversal


def begin(fact: SessionFact, card: RateCard | None, now: datetime) -> Purchase:
    """A purchase of which the first thing is told. Raises WrongPayment unless it is for sale as it says."""
    pack = card.pack(fact.pack) if card is not None else None
    if pack is None or (pack.tokens, pack.amount, pack.currency) != (fact.tokens, fact.amount, fact.currency):
        raise WrongPayment(
            f"{fact.session_id} is about {fact.tokens} tokens for {fact.amount} {fact.currency}, "
            f"which is not the pack {fact.pack} of the rate card {fact.rate_card_version}"
        )
    return Purchase(
        purchase_id=fact.purchase_id,
        user_id=fact.user_id,
        session_id=fact.session_id,
        pack=fact.pack,
        tokens=fact.tokens,
        amount=fact.amount,
        currency=fact.currency,
        rate_card_version=fact.rate_card_version,
        started_at=now,
    )


def tell_session(purchase: Purchase, payment: Payment | None, fact: SessionFact) -> None:
    """Merge what was told of a session, and join it with its payment. Raises WrongPayment."""
    known = (purchase.session_id, purchase.user_id, purchase.pack, purchase.tokens, purchase.amount)
    told = (fact.session_id, fact.user_id, fact.pack, fact.tokens, fact.amount)
    if (*known, purchase.currency) != (*told, fact.currency):
        raise WrongPayment(
            f"{fact.session_id} was told otherwise before: it is not purchase {fact.purchase_id}"
        )
    purchase.merge(fact.session, fact.payment)
    if payment is not None:
        if payment.purchase_id not in (None, purchase.purchase_id):
            raise WrongPayment(f"{payment.payment_id} belongs to purchase {payment.purchase_id}")
        payment.purchase_id = purchase.purchase_id


def credit(wallet: Wallet, purchase: Purchase, now: datetime) -> None:
    """Credit what is paid, once. Only a session's own event may cause it."""
    if purchase.payment is PaymentStatus.PAID and purchase.credited_at is None:
        purchase.credited_at = now
        key = f"{TransferKind.PURCHASE}:{purchase.session_id}"
        wallet.purchase(purchase.tokens, key, Purpose(purchase_id=purchase.purchase_id), now)


def take_back(wallet: Wallet, purchase: Purchase, payments: Iterable[Payment], now: datetime) -> None:
    """Bring what is taken back of a credited purchase to what its refunds and disputes take together."""
    if purchase.credited_at is None:
        return
    reversals = sorted((r for p in payments for r in p.reversals.values()), key=lambda r: r.id)
    for reversal in reversals:
        if reversal.currency != purchase.currency:
            raise WrongPayment(
                f"{reversal.id} is in {reversal.currency}, its purchase in {purchase.currency}"
            )
        if reversal.takes != reversal.booked:
            reversal.booked = reversal.takes
            target = purchase.reversed_by(r for r in reversals if r.booked)
            _move(wallet, purchase, reversal, target - purchase.reversed_tokens, now)
            purchase.reversed_tokens = target
            reversal.turns += 1
    purchase.disputed = any(r.kind is ReversalKind.DISPUTE and r.booked for r in reversals)


def _move(wallet: Wallet, purchase: Purchase, reversal: Reversal, tokens: int, now: datetime) -> None:
    purpose = Purpose(purchase_id=purchase.purchase_id, reason=reversal.kind.value)
    if tokens > 0:
        wallet.reverse(tokens, reversal.cause, purpose, now)
    elif tokens < 0:
        wallet.purchase(-tokens, f"{TransferKind.PURCHASE}:{reversal.cause}", purpose, now)
