"""The hourly comparison with Stripe on real tables: what Stripe has and nobody told us is named, however late it is."""

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from autocrea.billing.adapters.known_rows import PostgresKnownRows
from autocrea.billing.adapters.ledger_checks import compared
from autocrea.billing.adapters.no_payments import NoPayments
from autocrea.billing.adapters.stripe_rows import PostgresStripeEvents
from autocrea.billing.domain.purchase import Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.reconciliation import Difference, Told
from autocrea.billing.handlers.list_stripe_events import ListStripeEvents
from autocrea.billing.handlers.reconcile import Reconcile, ReconcileJob
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Finished, Job
from billing_counter import Counter
from billing_desk import NOON, purchase_id, refund, session
from prometheus_client import REGISTRY

T = TypeVar("T")
JOB = Job("reconcile", "reconcile", {}, NOON, "", 0, NOON, uuid4(), None, None)


@dataclass
class AtStripe(NoPayments):
    """Lists by the time of opening, as Stripe does."""

    sessions: list[tuple[datetime, SessionFact]] = field(default_factory=list)
    reversals: list[tuple[datetime, Reversal]] = field(default_factory=list)

    async def list_sessions(self, since: datetime) -> AsyncIterator[SessionFact]:
        for fact in _since(since, self.sessions):
            yield fact

    async def list_reversals(self, since: datetime) -> AsyncIterator[Reversal]:
        for fact in _since(since, self.reversals):
            yield fact


def _since(since: datetime, facts: Iterable[tuple[datetime, T]]) -> Iterable[T]:
    return (fact for at, fact in facts if at >= since)


class Quiet:
    """Books that agree with themselves, and a history in which nothing was told."""

    async def differences(self) -> AsyncIterator[Difference]:
        return
        yield

    async def told(self, since: datetime) -> AsyncIterator[Told]:
        return
        yield


async def test_a_session_paid_late_and_a_refund_of_an_old_purchase_are_named_when_nobody_told(
    counter: Counter, database: Database
) -> None:
    await counter.tell(session())
    at_stripe = AtStripe(
        sessions=[(NOON - timedelta(days=60), session()), (NOON - timedelta(hours=20), session(number=2))],
        reversals=[(NOON - timedelta(minutes=30), refund(100)), (NOON, refund(100, id_="re_2", number=9))],
    )
    counted: list[int] = []
    reconcile = Reconcile(Quiet(), PostgresKnownRows(database), at_stripe, Quiet())

    found = await ReconcileJob(reconcile, lambda: NOON, counted.append).run(JOB)

    assert [(one.kind, one.id) for one in found] == [("payment", str(purchase_id(2))), ("payment", "re_1")]
    assert counted == [2]
    await counter.tell(session(number=2))
    await counter.tell(refund(100))
    assert await ReconcileJob(reconcile, lambda: NOON, counted.append).run(JOB) == []


def test_the_latest_of_several_replicas_comparisons_is_known_when_each_tells_its_time() -> None:
    began = time.time()
    compared(3)
    assert REGISTRY.get_sample_value("autocrea_ledger_differences") == 3
    assert (REGISTRY.get_sample_value("autocrea_ledger_compared_at_seconds") or 0) >= began


async def test_the_list_is_not_noted_as_read_when_there_is_nobody_to_ask(
    counter: Counter, database: Database
) -> None:
    """A key that is taken away for a day must not hide what happens in that day."""
    listing = ListStripeEvents(NoPayments(), PostgresStripeEvents(database), counter.transact, lambda: NOON)
    read = await listing.run(JOB)
    await counter.transact((), lambda rows, now: (None, listing.decide(rows, Finished(JOB, read), now)))

    assert (await PostgresStripeEvents(database).listed_until()).year == 2000
