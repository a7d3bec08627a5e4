"""A purchase as it stands, and the refunds and disputes against its payment: what is known, and what follows from it.

Facts come from Stripe in any order and any number of times. Each is merged into what is known; what a purchase
shall have credited and what shall be taken back follows from the facts together, never from their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from autocrea.billing.domain.errors import WrongPayment
from autocrea.contracts.billing.v1 import PurchaseChanged
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.vocabulary import PurchaseState

PaymentId = NewType("PaymentId", str)
"""Stripe's PaymentIntent: what joins a session, its refunds and its disputes."""


class SessionStatus(StrEnum):
    """How far the person went on Stripe's page."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentStatus(StrEnum):
    """Whether the money came. Once paid it stays paid: money that goes back is a reversal."""

    UNPAID = "unpaid"
    FAILED = "failed"
    PAID = "paid"


class ReversalKind(StrEnum):
    """Who takes money back."""

    REFUND = "refund"
    DISPUTE = "dispute"


_RANK_BY_STATUS = {
    # Of two facts of the same second the later step of Stripe's own order is the truth.
    "requires_action": 0,
    "pending": 0,
    "succeeded": 1,
    "canceled": 2,
    "failed": 2,
    "warning_needs_response": 0,
    "warning_under_review": 0,
    "needs_response": 1,
    "under_review": 2,
    "lost": 3,
    "appeal_needs_response": 4,
    "appeal_under_review": 5,
    "warning_closed": 6,
    "prevented": 6,
    "won": 6,
}
_TAKING = {
    # A refund that failed or was called off, and an inquiry, leave the money where it is.
    ReversalKind.REFUND: frozenset({"requires_action", "pending", "succeeded"}),
    ReversalKind.DISPUTE: frozenset(
        {"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"}
    ),
}


@dataclass(slots=True)
class Reversal:
    """A refund or a dispute as it was told last."""

    id: str
    kind: ReversalKind
    payment_id: PaymentId
    amount: int
    currency: str
    status: str
    told_at: datetime
    booked: bool = False  # whether the ledger has taken its tokens back
    turns: int = 0  # how often that changed

    @property
    def takes(self) -> bool:
        """Whether its money is away."""
        return self.status in _TAKING[self.kind]

    @property
    def cause(self) -> str:
        """Names its next line in the ledger; a dispute that turns more than twice names the turn."""
        return self.id if self.turns < 2 else f"{self.id}:{self.turns // 2 + 1}"

    def merge(self, told: "Reversal") -> None:
        """Take over what was told, if it is newer. Raises WrongPayment."""
        known = (self.kind, self.payment_id, self.amount, self.currency)
        if known != (told.kind, told.payment_id, told.amount, told.currency):
            raise WrongPayment(f"{self.id} was told with other figures before")
        if (told.told_at, _rank(told)) > (self.told_at, _rank(self)):
            self.status, self.told_at = told.status, told.told_at


def _rank(reversal: Reversal) -> int:
    try:
        return _RANK_BY_STATUS[reversal.status]
    except KeyError:
        raise WrongPayment(f"{reversal.id} has the status `{reversal.status}`, which is new") from None


@dataclass(slots=True)
class Payment:
    """What hangs together by one PaymentIntent. Its row is there before its purchase is known.

    It is the lock of its reversals: a refund and a completion that come at the same moment wait for each other here.
    """

    payment_id: PaymentId
    purchase_id: PurchaseId | None = None
    reversals: dict[str, Reversal] = field(default_factory=dict)

    def tell(self, told: Reversal) -> None:
        """Merge what was told of a refund or dispute. Raises WrongPayment."""
        _rank(told)
        known = self.reversals.setdefault(told.id, told)
        if known is not told:
            known.merge(told)


@dataclass(slots=True)
class Purchase:
    """One Checkout Session of ours. Held under the lock of its buyer's account."""

    purchase_id: PurchaseId
    user_id: UserId
    session_id: str
    pack: str
    tokens: int
    amount: int
    currency: str
    rate_card_version: str
    started_at: datetime
    url: str | None = None  # where it can be paid, while it can
    session: SessionStatus = SessionStatus.OPEN
    payment: PaymentStatus = PaymentStatus.UNPAID
    credited_at: datetime | None = None
    reversed_tokens: int = 0
    disputed: bool = False
    version: int = 0  # of the last PurchaseChanged
    told: tuple[PurchaseState, int] | None = None  # what that said

    @property
    def state(self) -> PurchaseState:
        """How it stands, in the words of the page."""
        if self.credited_at is not None:
            if self.disputed:
                return PurchaseState.DISPUTED
            return PurchaseState.REFUNDED if self.reversed_tokens == self.tokens else PurchaseState.CREDITED
        if self.payment is PaymentStatus.PAID:
            return PurchaseState.PAID
        if self.session is SessionStatus.EXPIRED:
            return PurchaseState.EXPIRED
        return PurchaseState.FAILED if self.payment is PaymentStatus.FAILED else PurchaseState.STARTED

    def merge(self, session: SessionStatus, payment: PaymentStatus) -> None:
        """Take over what was told of the session: paid stays paid, an end stays an end."""
        order = list(PaymentStatus)
        self.payment = max(self.payment, payment, key=order.index)
        if self.session is SessionStatus.OPEN:
            self.session = session
        if self.session is not SessionStatus.OPEN or self.payment is PaymentStatus.PAID:
            self.url = None

    def reversed_by(self, reversals: Iterable[Reversal]) -> int:
        """The tokens that these reversals take together: in proportion, never a token more than the money."""
        taken = sum(reversal.amount for reversal in reversals)
        return self.tokens * min(taken, self.amount) // self.amount

    def news(self) -> PurchaseChanged | None:
        """What to tell of it, if anything changed; counts the version."""
        now = (self.state, self.reversed_tokens)
        if now == self.told:
            return None
        self.told = now
        self.version += 1
        return PurchaseChanged(
            purchase_id=self.purchase_id,
            user_id=self.user_id,
            version=self.version,
            state=self.state,
            pack=self.pack,
            tokens=self.tokens,
            amount=self.amount,
            currency=self.currency,
            reversed_tokens=self.reversed_tokens,
        )
