"""What the rules need from outside, in their own words."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.purchase import PaymentId, Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.reconciliation import (
    Booked,
    Difference,
    KnownGeneration,
    KnownPurchase,
    KnownReversal,
    Told,
)
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import GenerationId, PurchaseId, UserId
from autocrea.contracts.internal import LedgerPage, PurchasePage, PurchaseView
from autocrea.contracts.vocabulary import ChangeKind

T = TypeVar("T")


class Transact(Protocol):
    """Runs a decision on locked rows, in one transaction with what it causes."""

    def __call__(
        self, keys: Iterable[Key], decide: Callable[[Books, datetime], tuple[T, Effects]], /
    ) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class OverdueHold:
    """An open hold that is older than any run can be."""

    generation_id: GenerationId
    run: int
    user_id: UserId
    held_tokens: int
    opened_at: datetime


class OverdueHolds(Protocol):
    """Finds holds that should have been settled long ago."""

    async def opened_before(self, moment: datetime) -> Sequence[OverdueHold]:
        """The oldest first, at most as many as a person reads. Raises Unavailable."""


class LedgerPages(Protocol):
    """Reads a user's ledger for people."""

    async def page(
        self,
        user_id: UserId,
        *,
        before: int | None,
        limit: int,
        generation_id: GenerationId | None = None,
        step: str | None = None,
        kind: ChangeKind | None = None,
    ) -> LedgerPage:
        """The newest lines first, starting below the line `before`; only those of a generation (and its step) and of
        a kind where one is named.

        Raises Unavailable.
        """


@dataclass(frozen=True, slots=True)
class NewSession:
    """A Checkout Session to open: what for, by whom, in which language."""

    purchase_id: PurchaseId
    user_id: UserId
    pack: str
    title: str
    tokens: int
    amount: int
    currency: str
    rate_card_version: str
    language: str


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session of Stripe's and where it is paid; without an address once it cannot be paid any more."""

    session_id: str
    url: str | None


class Payments(Protocol):
    """The payment provider. Everything raises Unavailable."""

    @property
    def can_sell(self) -> bool:
        """Whether there is one."""

    async def open_session(self, wanted: NewSession) -> OpenedSession:
        """The same session for the same purchase, however often. Raises Refused."""

    async def read_session(self, session_id: str) -> SessionFact | None:
        """How a session stands now; None when it is not ours."""

    def list_events(self, since: datetime) -> AsyncIterator[list[StripeEvent]]:
        """Pages of what happened since then, the newest first."""

    def list_sessions(self, since: datetime) -> AsyncIterator[SessionFact]:
        """The sessions of ours that were opened since then."""

    def list_reversals(self, since: datetime) -> AsyncIterator[Reversal]:
        """The refunds and disputes that were opened since then."""


class StoredEvents(Protocol):
    """Stripe's events as they were stored."""

    async def read(self, event_id: str) -> StripeEvent:
        """Raises LookupError, and Unavailable."""

    async def unknown(self, event_ids: Sequence[str]) -> list[str]:
        """Those that are not stored. Raises Unavailable."""

    async def listed_until(self) -> datetime:
        """Until when the provider's list was read without a hole. Raises Unavailable."""


class Purchases(Protocol):
    """Reads purchases for people."""

    async def page(self, user_id: UserId, *, before: PurchaseId | None, limit: int) -> PurchasePage:
        """The newest first, starting below `before`. Raises Unavailable."""

    async def one(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView | None:
        """A purchase of this person's. Raises Unavailable."""

    async def session_of(self, user_id: UserId, purchase_id: PurchaseId) -> str | None:
        """Its session at the payment provider. Raises Unavailable."""


class LedgerChecks(Protocol):
    """The ledger's own rows, asked about. Everything raises Unavailable."""

    def differences(self) -> AsyncIterator[Difference]:
        """Whatever they do not agree on."""


class KnownRows(Protocol):
    """What the books have of things that others name. Everything raises Unavailable."""

    async def generations(self, ids: Collection[GenerationId]) -> Mapping[GenerationId, KnownGeneration]:
        """How these generations stand."""

    async def booked(self, keys: Collection[str]) -> Mapping[str, Booked]:
        """The lines of these keys."""

    async def balance_versions(self, users: Collection[UserId]) -> Mapping[str, int]:
        """The versions of these users' balances."""

    async def purchase_versions(self, purchases: Collection[PurchaseId]) -> Mapping[str, int]:
        """The versions of these purchases, by the texts of their ids."""

    async def rate_card_revision(self) -> int:
        """The last revision published."""

    async def purchases(self, ids: Collection[PurchaseId]) -> Mapping[PurchaseId, KnownPurchase]:
        """How these purchases stand."""

    async def reversals(self, ids: Collection[str]) -> Mapping[str, KnownReversal]:
        """How these refunds and disputes stand."""

    async def payments(self, ids: Collection[PaymentId]) -> Collection[PaymentId]:
        """Those of these payments that belong to a purchase."""


class History(Protocol):
    """What billing told, as the broker keeps it."""

    def told(self, since: datetime) -> AsyncIterator[Told]:
        """Everything told since then, some thousand facts at a time. Raises Unavailable."""


class PurchaseFiles(Protocol):
    """Everything about one purchase, for operators."""

    async def file(self, name: str) -> Mapping[str, object] | None:
        """By its session, its payment or its own id. Raises Unavailable."""
