"""The books compared with what others know: what differs is named by its id, and never edited."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from autocrea.billing.domain.purchase import PaymentId, PaymentStatus, Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.contracts.billing.v1 import BalanceChanged, PurchaseChanged, RateCardPublished
from autocrea.contracts.ids import GenerationId, PurchaseId, StepName, UserId
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationRejected,
)


class Kind(StrEnum):
    """What kind of difference, in the order in which they are mended (docs/runbooks/ledger-difference.md)."""

    GUARD = "guard"  # what keeps lines from being changed is off
    CHAIN = "chain"  # a line was edited, or one is gone
    SUM = "sum"  # a kept sum is not the sum of its lines
    HOLD = "hold"  # a hold is not what its lines come to, or is open after its run ended
    PURCHASE = "purchase"  # a purchase is not what its lines come to
    EVENT = "event"  # one of Stripe's events waits
    PAYMENT = "payment"  # Stripe has it otherwise
    LINE = "line"  # a line that was told is not in the ledger
    VERSION = "version"  # a higher version was told than the ledger is at


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing to explain. `id` names it to whoever mends it."""

    kind: Kind
    id: str
    what: str


class Comparison(NamedTuple):
    """How one ended."""

    compared_at: datetime
    differences: int


class Booked(NamedTuple):
    """A line by its key."""

    user_id: UserId
    tokens: int


class Ended(NamedTuple):
    """How a generation's run ended, as everybody was told."""

    run: int
    net: Mapping[StepName, int]  # what the ledger holds for each step after it


Witness = (
    BalanceChanged
    | PurchaseChanged
    | RateCardPublished
    | GenerationCompleted
    | GenerationFailed
    | GenerationCancelled
    | GenerationRejected
)
"""The facts that say what the ledger must have."""


@dataclass(slots=True)
class Told:
    """What was told of the ledger: lines by key, how runs ended, the highest version of everything."""

    lines: dict[str, Booked] = field(default_factory=dict)
    ended: dict[GenerationId, Ended] = field(default_factory=dict)
    balances: dict[UserId, int] = field(default_factory=dict)
    purchases: dict[PurchaseId, int] = field(default_factory=dict)
    buyers: dict[PurchaseId, UserId] = field(default_factory=dict)
    revision: int = 0

    def add(self, fact: Witness) -> None:
        """Take in one fact, in any order and any number of times."""
        match fact:
            case BalanceChanged():
                self.balances[fact.user_id] = max(self.balances.get(fact.user_id, 0), fact.version)
                for change in fact.changes:
                    if change.key is not None:
                        self.lines[change.key] = Booked(fact.user_id, change.tokens)
            case PurchaseChanged():
                known = self.purchases.get(fact.purchase_id, 0)
                self.purchases[fact.purchase_id] = max(known, fact.version)
                self.buyers[fact.purchase_id] = fact.user_id
            case RateCardPublished():
                self.revision = max(self.revision, fact.revision)
            case GenerationRejected():
                self._end(fact.generation_id, Ended(fact.run, {}))
            case _:
                net = {step.step: step.net_tokens for step in fact.steps}
                self._end(fact.generation_id, Ended(fact.run, net))

    def _end(self, generation_id: GenerationId, ended: Ended) -> None:
        known = self.ended.get(generation_id)
        if known is None or known.run < ended.run:
            self.ended[generation_id] = ended


def missing_lines(told: Mapping[str, Booked], booked: Mapping[str, Booked]) -> Iterator[Difference]:
    """Lines that were told and are not booked, or otherwise."""
    for key, line in told.items():
        found = booked.get(key)
        if found is None:
            yield Difference(
                Kind.LINE, key, f"{line.tokens} tokens of {line.user_id} were told and are not booked"
            )
        elif found != line:
            yield Difference(
                Kind.LINE, key, f"{line.tokens} tokens of {line.user_id} were told, {found.tokens} are booked"
            )


@dataclass(frozen=True, slots=True)
class KnownGeneration:
    """How a generation stands in our books."""

    run: int  # the last one that was reserved
    open_runs: frozenset[int]
    net: Mapping[StepName, int]


def runs_apart(
    ended: Mapping[GenerationId, Ended], known: Mapping[GenerationId, KnownGeneration]
) -> Iterator[Difference]:
    """Runs that ended and still hold tokens, and steps that cost otherwise than was told."""
    for generation_id, end in ended.items():
        ours = known.get(generation_id, KnownGeneration(end.run, frozenset(), {}))
        id_ = f"{generation_id}:{end.run}"
        if end.run in ours.open_runs:
            yield Difference(Kind.HOLD, id_, "the run has ended and its hold is open")
        if ours.run > end.run or not end.net:  # a later run has moved them since, or it was rejected
            continue
        for step, tokens in end.net.items():
            if ours.net.get(step, 0) != tokens:
                what = f"step {step} was told to have cost {tokens} tokens, its lines say {ours.net.get(step, 0)}"
                yield Difference(Kind.HOLD, id_, what)


def versions_behind(what: str, told: Mapping[str, int], ours: Mapping[str, int]) -> Iterator[Difference]:
    """Whatever was told in a higher version than ours: what is told next would be taken for old."""
    for id_, version in told.items():
        mine = ours.get(id_, 0)
        if version > mine:
            yield Difference(Kind.VERSION, id_, f"version {version} of this {what} was told, ours is {mine}")


@dataclass(frozen=True, slots=True)
class KnownPurchase:
    """How a purchase stands in our books."""

    session_id: str
    credited: bool


@dataclass(frozen=True, slots=True)
class KnownReversal:
    """How a refund or dispute stands in our books."""

    status: str
    booked: bool


def payments_apart(
    sessions: Iterable[SessionFact],
    reversals: Iterable[Reversal],
    purchases: Mapping[PurchaseId, KnownPurchase],
    known: Mapping[str, KnownReversal],
    payments: Collection[PaymentId],
) -> Iterator[Difference]:
    """What Stripe has of our sessions and we have otherwise. A refund of somebody else's payment is not ours.

    `payments` are those of these reversals that belong to a purchase in our books, however old that is.
    """
    ours = set(payments)
    for session in sessions:
        if session.payment_id is not None:
            ours.add(session.payment_id)
        purchase = purchases.get(session.purchase_id)
        if session.payment is PaymentStatus.PAID and (purchase is None or not purchase.credited):
            what = f"{session.tokens} tokens of {session.user_id} are paid ({session.session_id}) and not credited"
            yield Difference(Kind.PAYMENT, str(session.purchase_id), what)
        elif purchase is not None and purchase.session_id != session.session_id:
            what = f"Stripe has it as {session.session_id}, we as {purchase.session_id}"
            yield Difference(Kind.PAYMENT, str(session.purchase_id), what)
    for reversal in reversals:
        if reversal.payment_id not in ours:
            continue
        mine = known.get(reversal.id)
        if mine is None:
            what = f"Stripe has this {reversal.kind} of {reversal.amount} {reversal.currency}, we do not"
            yield Difference(Kind.PAYMENT, reversal.id, what)
        elif mine.booked != reversal.takes:
            what = f"Stripe has it as `{reversal.status}`, the ledger stands as with `{mine.status}`"
            yield Difference(Kind.PAYMENT, reversal.id, what)
