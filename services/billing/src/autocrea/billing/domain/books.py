"""Everything that a batch holds in memory, and the keys by which it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from autocrea.billing.domain.errors import WrongOwner
from autocrea.billing.domain.ledger import Transfer
from autocrea.billing.domain.purchase import Payment, PaymentId, Purchase
from autocrea.billing.domain.rate_card import Publication, RateCard
from autocrea.billing.domain.reconciliation import Comparison
from autocrea.billing.domain.stripe_events import Handled, Received
from autocrea.billing.domain.wallet import Wallet
from autocrea.billing.domain.welcome import WelcomeBudget
from autocrea.contracts.billing.v1 import BalanceChange, BalanceChanged
from autocrea.contracts.ids import GenerationId, PurchaseId, UserId
from autocrea.contracts.message import Message
from autocrea.contracts.vocabulary import ChangeKind

CHANGES_MAX: Final = (
    90  # of one BalanceChanged: at most 600 bytes each, 53 of the 64 KiB that an event may have
)


class Key(NamedTuple):
    """What a message concerns: `kind` is one of the words below, `id` names one of that kind."""

    kind: str
    id: str


def user(user_id: UserId) -> Key:
    """The user's wallet."""
    return Key("user", user_id)


def welcome_of(user_id: UserId) -> Key:
    """The day's budget of welcome grants, if this user was not welcomed yet."""
    return Key("welcome", user_id)


def generation(generation_id: GenerationId) -> Key:
    """All holds of the generation."""
    return Key("generation", str(generation_id))


def card(version: str) -> Key:
    """A version of the rate card."""
    return Key("card", version)


def transfer(idempotency_key: str) -> Key:
    """Whether a transfer was booked under a key that came from outside."""
    return Key("transfer", idempotency_key)


def purchase(purchase_id: PurchaseId) -> Key:
    """A purchase, with the payments that belong to it and its buyer's wallet."""
    return Key("purchase", str(purchase_id))


def payment(payment_id: PaymentId) -> Key:
    """A payment with what is told against it; its purchase and the buyer's wallet, where they are known."""
    return Key("payment", payment_id)


def stripe_event(event_id: str) -> Key:
    """Whether an event of Stripe's is known."""
    return Key("stripe_event", event_id)


PUBLICATION: Final = Key("publication", "")
"""The last publication of a rate card."""


@dataclass(slots=True)
class Books:
    """What was asked for and what was added; the repository saves what differs from what it read."""

    wallets: dict[UserId, Wallet] = field(default_factory=dict)
    owners: dict[GenerationId, UserId] = field(default_factory=dict)
    cards: dict[str, RateCard] = field(default_factory=dict)
    purchases: dict[PurchaseId, Purchase] = field(default_factory=dict)
    payments: dict[PaymentId, Payment] = field(default_factory=dict)
    known_events: set[str] = field(default_factory=set)
    received: list[Received] = field(default_factory=list)
    handled: list[Handled] = field(default_factory=list)
    listed_until: datetime | None = None  # all events of Stripe's until then were listed; None: not asked
    comparison: Comparison | None = None  # of the books with everybody else's, where one has just ended
    budget: WelcomeBudget | None = None
    last_publication: Publication | None = None
    published: list[Publication] = field(default_factory=list)
    read: dict[tuple[str, object], tuple[Any, ...]] = field(default_factory=dict, repr=False)  # as stored

    def wallet(self, user_id: UserId, generation_id: GenerationId | None = None) -> Wallet:
        """The user's wallet. Raises WrongOwner when the generation is another user's."""
        if generation_id is not None and self.owners.setdefault(generation_id, user_id) != user_id:
            raise WrongOwner(f"generation {generation_id} is not {user_id}'s")
        return self.wallets[user_id]

    def conclude(self, now: datetime) -> Iterable[Message]:
        """Tell every changed balance once a batch, in as many parts as its changes need, and changed purchases."""
        for user_id in sorted(self.wallets):
            wallet = self.wallets[user_id]
            changes = [_change(line) for line in wallet.posted]
            if wallet.version == 0 or wallet.news or changes:
                for part in _parts(changes):
                    wallet.version += 1
                    yield _balance(wallet, part, now)
        for purchase_id in sorted(self.purchases):
            changed = self.purchases[purchase_id].news()
            if changed is not None:
                yield changed

    def payments_of(self, purchase_id: PurchaseId) -> list[Payment]:
        """The payments that are known to belong to a purchase."""
        return [p for p in self.payments.values() if p.purchase_id == purchase_id]


def _parts(changes: list[BalanceChange]) -> list[list[BalanceChange]]:
    return [changes[start : start + CHANGES_MAX] for start in range(0, len(changes), CHANGES_MAX)] or [[]]


def _balance(wallet: Wallet, changes: list[BalanceChange], now: datetime) -> BalanceChanged:
    return BalanceChanged(
        user_id=wallet.user_id,
        version=wallet.version,
        available=wallet.available_tokens,
        held=wallet.held_tokens,
        receivable=wallet.receivable_tokens,
        blocked_until=wallet.blocked_until(now),
        changes=tuple(changes),
    )


def _change(line: Transfer) -> BalanceChange:
    return BalanceChange(
        kind=ChangeKind(line.kind),
        tokens=line.amount_tokens,
        generation_id=line.purpose.generation_id,
        run=line.purpose.run,
        step=line.purpose.step,
        fault=line.purpose.fault,
        purchase_id=line.purpose.purchase_id,
        key=line.idempotency_key,
    )
