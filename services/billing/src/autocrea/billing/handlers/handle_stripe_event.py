"""A stored event of Stripe's takes effect: a purchase is credited, tokens are taken back, or nothing is left to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.purchase import Payment, Reversal
from autocrea.billing.domain.purchasing import Fact, SessionFact, begin, credit, take_back, tell_session
from autocrea.billing.domain.stripe_events import Handled, StripeEvent
from autocrea.billing.ports import StoredEvents
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job
from autocrea.contracts.ids import PurchaseId


@dataclass(frozen=True, slots=True)
class Told:
    """An event and what it says; None when it is not about a payment of ours."""

    event_id: str
    fact: Fact | None


class HandleStripeEvent(HandlerBase):
    """Everything that an event causes is one transaction with the note that it was handled."""

    def __init__(self, events: StoredEvents, read: Callable[[StripeEvent], Fact | None]) -> None:
        self._events = events
        self._read = read

    async def run(self, job: Job) -> Told:
        """Read the event, outside of any transaction."""
        event = await self._events.read(job.key)
        return Told(event.event_id, self._read(event))

    def rows(self, item: Finished[Told] | Failed) -> Iterable[Key]:
        if isinstance(item, Failed):
            return
        match item.result.fact:
            case SessionFact() as fact:
                yield books.user(fact.user_id)
                yield books.purchase(fact.purchase_id)
                yield books.card(fact.rate_card_version)
                if fact.payment_id is not None:
                    yield books.payment(fact.payment_id)
            case Reversal() as fact:
                yield books.payment(fact.payment_id)

    def decide(self, rows: Books, item: Finished[Told] | Failed, now: datetime) -> Effects:
        assert isinstance(item, Finished), "a job that failed is answered by `on_bug`"
        fact = item.result.fact
        match fact:
            case SessionFact():
                about: PurchaseId | None = _session(rows, fact, now)
            case Reversal():
                about = _reversal(rows, fact, now)
            case None:
                about = None
        rows.handled.append(Handled(item.result.event_id, now, about))
        return Effects()


def _session(rows: Books, fact: SessionFact, now: datetime) -> PurchaseId:
    purchase = rows.purchases.get(fact.purchase_id)
    if purchase is None:
        purchase = begin(fact, rows.cards.get(fact.rate_card_version), now)
        rows.purchases[fact.purchase_id] = purchase
    payment = rows.payments[fact.payment_id] if fact.payment_id is not None else None
    tell_session(purchase, payment, fact)
    wallet = rows.wallet(fact.user_id)
    credit(wallet, purchase, now)
    take_back(wallet, purchase, rows.payments_of(fact.purchase_id), now)
    return fact.purchase_id


def _reversal(rows: Books, fact: Reversal, now: datetime) -> PurchaseId | None:
    payment: Payment = rows.payments[fact.payment_id]
    payment.tell(fact)
    if payment.purchase_id is None:
        return None  # kept with its payment: the session's event finds it there
    purchase = rows.purchases[payment.purchase_id]
    payments = rows.payments_of(payment.purchase_id)
    take_back(rows.wallet(purchase.user_id), purchase, payments, now)
    return payment.purchase_id
