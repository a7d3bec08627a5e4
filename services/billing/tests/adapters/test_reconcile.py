"""The hourly comparison with Stripe on real tables: what Stripe has and nobody told us is named, however late it is."""

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from autocrea.billing.adapters.comparisons import COMPARED_AT, DIFFERENCES
from autocrea.billing.adapters.known_rows import PostgresKnownRows
from autocrea.billing.adapters.no_payments import NoPayments
from autocrea.billing.adapters.stripe_rows import PostgresStripeEvents
from autocrea.billing.domain.purchase import Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.reconciliation import Difference, Told
from autocrea.billing.handlers.list_stripe_events import ListStripeEvents
from autocrea.billing.handlers.reconcile import Reconcile, ReconcileJob
from autocrea.billing.main import build
from autocrea.billing.settings import Settings
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Finished, Job
from autocrea.testkit.plugin import MakeDatabase
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
    reconcile = Reconcile(Quiet(), PostgresKnownRows(database), at_stripe, Quiet())

    found = await ReconcileJob(reconcile, lambda: NOON).run(JOB)

    assert [(one.kind, one.id) for one in found] == [("payment", str(purchase_id(2))), ("payment", "re_1")]
    await counter.tell(session(number=2))
    await counter.tell(refund(100))
    assert await ReconcileJob(reconcile, lambda: NOON).run(JOB) == []


async def test_what_the_last_comparison_found_is_told_when_a_replica_starts_after_it(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOCREA_BILLING_DATABASE_URL", await make_database("autocrea.billing"))
    for name in ("BROKER_URL", "OPERATOR_TOKEN", "GATEWAY_TOKEN"):
        monkeypatch.setenv(f"AUTOCREA_BILLING_{name}", "amqp://nobody")  # and nobody is asked
    began = time.time()
    replica = build(Settings(_env_file=None))
    await replica.database.open()
    at_stripe = AtStripe(sessions=[(NOON - timedelta(hours=20), session())])
    books = Reconcile(Quiet(), PostgresKnownRows(replica.database), at_stripe, Quiet())
    job = ReconcileJob(books, lambda: NOON)

    ended = Finished(JOB, await job.run(JOB))
    await replica.transact((), lambda rows, now: (None, job.decide(rows, ended, now)))
    DIFFERENCES.set(0)
    COMPARED_AT.set(0)  # as in a process that has just begun
    await replica.measures.take()
    await replica.database.close()

    assert REGISTRY.get_sample_value("autocrea_ledger_differences") == 1
    assert (REGISTRY.get_sample_value("autocrea_ledger_compared_at_seconds") or 0) >= int(began)


async def test_the_list_is_not_noted_as_read_when_there_is_nobody_to_ask(
    counter: Counter, database: Database
) -> None:
    """A key that is taken away for a day must not hide what happens in that day."""
    listing = ListStripeEvents(NoPayments(), PostgresStripeEvents(database), counter.transact, lambda: NOON)
    read = await listing.run(JOB)
    await counter.transact((), lambda rows, now: (None, listing.decide(rows, Finished(JOB, read), now)))

    assert (await PostgresStripeEvents(database).listed_until()).year == 2000
