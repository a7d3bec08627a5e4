"""A desk at which messages are handed in and answers read, on books kept in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from autocrea.billing.adapters.rate_files import current_rate_card
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.ledger import Account, AccountId, Transfer
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.purchase import (
    Payment,
    PaymentId,
    PaymentStatus,
    Reversal,
    ReversalKind,
    SessionStatus,
)
from autocrea.billing.domain.purchasing import Fact, SessionFact
from autocrea.billing.domain.rate_card import RateCard
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.billing.domain.wallet import Wallet
from autocrea.billing.domain.welcome import WelcomeBudget
from autocrea.billing.handlers.capture_step import CaptureStep
from autocrea.billing.handlers.grant_welcome import GrantWelcome
from autocrea.billing.handlers.handle_stripe_event import HandleStripeEvent, Told
from autocrea.billing.handlers.open_account import OpenAccount
from autocrea.billing.handlers.reserve_tokens import ReserveTokensHandler
from autocrea.billing.handlers.settle_tokens import SettleTokensHandler
from autocrea.chassis.handlers import Effects, Finished, Handler, Job, NewJob, Received
from autocrea.contracts.billing.v1 import BalanceChanged, ReserveTokens, SettleTokens
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.ids import GenerationId, ProjectId, PurchaseId, StepName, UserId
from autocrea.contracts.message import NAMESPACE, Message
from autocrea.contracts.orchestrator.v1 import StepCompleted
from autocrea.contracts.shapes import NO_USAGE

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = UserId("user_ada")
CAPS = {"architecture": 8, "backend": 16, "frontend": 14, "devops": 6, "security_audit": 6}
CARD = current_rate_card()
POLICY = Policy(welcome_tokens=100, welcome_daily_max_tokens=1_000, absorbed_daily_max_tokens=30)


def generation(number: int) -> GenerationId:
    return GenerationId(uuid5(NAMESPACE, f"generation {number}"))


def received(message: Message) -> Received[Message]:
    return Received(open_envelope(seal(message, source="test", time=NOON).body), message)


def opened(user: UserId = ADA, *, verified: bool = True) -> AccountOpened:
    return AccountOpened(user_id=user, email_verified=verified)


def reserve(
    gen: GenerationId,
    run: int = 1,
    caps: dict[str, int] | None = None,
    *,
    user: UserId = ADA,
    verified: bool = False,
    version: str | None = None,
) -> ReserveTokens:
    return ReserveTokens(
        generation_id=gen,
        run=run,
        user_id=user,
        email_verified=verified,
        caps={StepName(step): cap for step, cap in (CAPS if caps is None else caps).items()},
        rate_card_version=version or CARD.version,
    )


def completed(
    gen: GenerationId, step: str, tokens: int, run: int = 1, *, user: UserId = ADA, sequence: int = 1
) -> StepCompleted:
    return StepCompleted(
        generation_id=gen,
        run=run,
        user_id=user,
        project_id=ProjectId(gen),
        sequence=sequence,
        step=StepName(step),
        attempt=1,
        model="joxcoder-1",
        usage=NO_USAGE,
        charge_tokens=tokens,
        files=(),
        findings=(),
        summary="",
        duration_ms=0,
        calls=(),
    )


def settle(
    gen: GenerationId,
    charges: dict[str, int],
    run: int = 1,
    *,
    user: UserId = ADA,
    outcome: str = "completed",
    fault: str | None = None,
    absorbed: int = 0,
) -> SettleTokens:
    return SettleTokens(
        generation_id=gen,
        run=run,
        user_id=user,
        outcome=outcome,
        fault=fault,
        charges={StepName(step): tokens for step, tokens in charges.items()},
        absorbed_tokens=absorbed,
    )


def purchase_id(number: int = 1) -> PurchaseId:
    return PurchaseId(uuid5(NAMESPACE, f"purchase {number}"))


def session(
    payment: str = "paid",
    *,
    number: int = 1,
    status: str = "complete",
    user: UserId = ADA,
    pack: int = 0,
    paid_by: str | None = None,
) -> SessionFact:
    """What Stripe tells of the session of a purchase; until it is complete no payment is named."""
    offer = CARD.packs[pack]
    return SessionFact(
        session_id=f"cs_{number}",
        purchase_id=purchase_id(number),
        user_id=user,
        pack=offer.pack,
        tokens=offer.tokens,
        rate_card_version=CARD.version,
        amount=offer.amount,
        currency=offer.currency,
        payment_id=PaymentId(paid_by or f"pi_{number}") if status == "complete" else None,
        session=SessionStatus(status),
        payment=PaymentStatus(payment),
    )


def refund(
    amount: int, status: str = "succeeded", *, id_: str = "re_1", number: int = 1, at: int = 0
) -> Reversal:
    """What Stripe tells of a refund, `at` seconds after noon."""
    when = NOON + timedelta(seconds=at)
    return Reversal(id_, ReversalKind.REFUND, PaymentId(f"pi_{number}"), amount, "usd", status, when)


def dispute(amount: int, status: str, *, id_: str = "dp_1", number: int = 1, at: int = 0) -> Reversal:
    """The same of a dispute."""
    when = NOON + timedelta(seconds=at)
    return Reversal(id_, ReversalKind.DISPUTE, PaymentId(f"pi_{number}"), amount, "usd", status, when)


class Unread:
    """No event is stored: facts are handed in as they are."""

    async def read(self, event_id: str) -> StripeEvent:
        raise LookupError(event_id)

    async def unknown(self, event_ids: Sequence[str]) -> list[str]:
        return list(event_ids)

    async def listed_until(self) -> datetime:
        return NOON


class Desk:
    """Runs messages in batches the way the chassis does, with the books for a database."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.now = NOON
        self.card: RateCard = CARD
        self.books = Books(cards={self.card.version: self.card}, budget=WelcomeBudget(date(2000, 1, 1)))
        self.ledger: list[Transfer] = []
        self.jobs: dict[tuple[str, str], NewJob] = {}
        self.handlers: dict[type[Message], Handler[Any, Books, Key]] = {
            AccountOpened: OpenAccount(policy),
            ReserveTokens: ReserveTokensHandler(policy),
            StepCompleted: CaptureStep(),
            SettleTokens: SettleTokensHandler(policy),
        }
        self._welcome = GrantWelcome(policy)
        self._stripe = HandleStripeEvent(Unread(), lambda _: None)

    def send(self, *messages: Message) -> list[Message]:
        """One batch; returns everything that goes out."""
        return self._batch([(self.handlers[type(message)], received(message)) for message in messages])

    def tell(self, *facts: Fact) -> list[Message]:
        """One batch of what Stripe tells; each fact is handed in as a copy, for it is merged and kept."""
        items = []
        for number, fact in enumerate(facts):
            job = Job(
                "handle_stripe_event", f"evt_{number}", {}, self.now, "", 0, self.now, UUID(int=1), None, None
            )
            items.append((self._stripe, Finished(job, Told(job.key, replace(fact)))))
        return self._batch(items)

    def bug(self, message: Message) -> list[Message]:
        """The same after handling it hit a bug."""
        handler = self.handlers[type(message)]
        self._open(handler, received(message))
        return self._finish(handler.on_bug(self.books, received(message), self.now))

    def run_due(self) -> list[Message]:
        """One batch of all jobs that are due."""
        due = [job for job in self.jobs.values() if job.due_at is not None and job.due_at <= self.now]
        items = []
        for job in due:
            del self.jobs[job.kind, job.key]
            taken = Job(job.kind, job.key, {}, self.now, "", 0, self.now, UUID(int=1), None, None)
            items.append((self._welcome, Finished(taken, None)))
        return self._batch(items)

    def wallet(self, user: UserId = ADA) -> Wallet:
        return self.books.wallets[user]

    def kinds(self) -> list[str]:
        return [line.kind.value for line in self.ledger]

    def balances(self) -> dict[AccountId, int]:
        """Every account's balance from the lines alone."""
        found: dict[AccountId, int] = {}
        for line in self.ledger:
            found[line.debit_account] = found.get(line.debit_account, 0) - line.amount_tokens
            found[line.credit_account] = found.get(line.credit_account, 0) + line.amount_tokens
        return found

    def accounts(self) -> list[Account]:
        """Every account that keeps sums."""
        wallets = self.books.wallets.values()
        return [a for w in wallets for a in (w.account, *(hold.account for hold in w.holds.values()))]

    def owed(self) -> list[Account]:
        """Every account that says what somebody owes."""
        return [wallet.receivable for wallet in self.books.wallets.values()]

    def _batch(self, items: Sequence[tuple[Handler[Any, Books, Key], object]]) -> list[Message]:
        effects = Effects()
        for handler, item in items:
            self._open(handler, item)
            effects += handler.decide(self.books, item, self.now)
        return self._finish(effects)

    def _open(self, handler: Handler[Any, Books, Key], item: object) -> None:
        for key in handler.rows(item):
            if key.kind == "user":
                self.books.wallets.setdefault(UserId(key.id), Wallet(UserId(key.id)))
            if key.kind == "payment":
                self.books.payments.setdefault(PaymentId(key.id), Payment(PaymentId(key.id)))

    def _finish(self, effects: Effects) -> list[Message]:
        answers = [*effects.messages, *self.books.conclude(self.now)]
        for wallet in self.books.wallets.values():
            self.ledger += wallet.posted
            wallet.posted, wallet.news = [], False
        for job in effects.jobs:
            self.jobs.setdefault((job.kind, job.key), job)
        return answers


def balance(answers: Sequence[Message]) -> BalanceChanged:
    """The only BalanceChanged among the answers."""
    found = [answer for answer in answers if isinstance(answer, BalanceChanged)]
    assert len(found) == 1, found
    return found[0]
