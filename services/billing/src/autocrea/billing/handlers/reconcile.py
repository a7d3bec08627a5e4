"""The books against themselves, against Stripe and against what was told. Differences are named; nothing is edited."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.reconciliation import (
    Comparison,
    Difference,
    missing_lines,
    payments_apart,
    runs_apart,
    versions_behind,
)
from autocrea.billing.ports import History, KnownRows, LedgerChecks, Payments
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job

RECONCILE: Final = "reconcile"
RECONCILE_EVERY: Final = timedelta(hours=1)
LOOKED_BACK: Final = timedelta(hours=2)
"""By the job: what is older was looked at by the one before."""
PAID_LATER: Final = timedelta(hours=72)
"""Stripe lists sessions by when they were opened. One is open for a day, and a bank may take days over it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """The comparison, with everything it needs."""

    checks: LedgerChecks
    known: KnownRows
    payments: Payments
    history: History

    async def differences(self, since: datetime) -> list[Difference]:
        """Every difference, in the order in which they are mended. Raises Unavailable."""
        found = [difference async for difference in self.checks.differences()]
        found += await self._payments(since)
        found += await self._told(since)
        return sorted(set(found))

    async def _payments(self, since: datetime) -> list[Difference]:
        """Stripe first, ours after it: what comes meanwhile is no difference."""
        opened_since = since - PAID_LATER
        sessions = [session async for session in self.payments.list_sessions(opened_since)]
        reversals = [reversal async for reversal in self.payments.list_reversals(opened_since)]
        purchases = await self.known.purchases([session.purchase_id for session in sessions])
        known = await self.known.reversals([reversal.id for reversal in reversals])
        own = await self.known.payments([reversal.payment_id for reversal in reversals])
        return list(payments_apart(sessions, reversals, purchases, known, own))

    async def _told(self, since: datetime) -> list[Difference]:
        found: list[Difference] = []
        async for told in self.history.told(since):
            found += missing_lines(told.lines, await self.known.booked(told.lines))
            found += runs_apart(told.ended, await self.known.generations(told.ended))
            balances = await self.known.balance_versions(told.balances)
            found += versions_behind("balance", {str(id_): v for id_, v in told.balances.items()}, balances)
            purchases = await self.known.purchase_versions(told.purchases)
            found += versions_behind(
                "purchase", {str(id_): v for id_, v in told.purchases.items()}, purchases
            )
            if told.revision:
                ours = {"rate card": await self.known.rate_card_revision()}
                found += versions_behind("publication", {"rate card": told.revision}, ours)
        return found


class ReconcileJob(HandlerBase):
    """Every hour: a log line for each difference, and their number, noted for the alert."""

    def __init__(self, reconcile: Reconcile, clock: Callable[[], datetime]) -> None:
        self._reconcile = reconcile
        self._clock = clock

    async def run(self, _job: Job) -> Sequence[Difference]:
        """Compare, outside of any transaction."""
        found = await self._reconcile.differences(self._clock() - LOOKED_BACK)
        for difference in found:
            log.error(
                "the books differ",
                extra={"kind": difference.kind, "id": difference.id, "what": difference.what},
            )
        return found

    def rows(self, item: Finished[Sequence[Difference]] | Failed) -> Iterable[Key]:  # noqa: ARG002
        return ()

    def decide(self, rows: Books, item: Finished[Sequence[Difference]] | Failed, now: datetime) -> Effects:
        if isinstance(item, Finished):
            rows.comparison = Comparison(now, len(item.result))
        return Effects()
