"""The outside checker of the invariants I1 to I9: looks at databases, objects and the simulators' log, nothing else.

It is for a stack at rest: while a generation runs, money is held and messages are on their way.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from autocrea.cli.parts import S3Endpoint
from autocrea.testkit.checker import (
    archives,
    balances,
    calls,
    charges,
    credits,
    drains,
    endings,
    feeds,
    owners,
    payments,
    prices,
)
from autocrea.testkit.checker.evidence import Evidence, Row, read_tables
from autocrea.testkit.objects import StoredObject, read_objects
from autocrea.testkit.simulated import Simulated

PATIENCE_SECONDS = 15.0
"""After the last terminal event: rows to be marked as sent, feeds to be projected; the relay waits six seconds."""

POLL_SECONDS = 0.2

CHECKS = (
    endings.check,
    balances.check,
    charges.check,
    prices.check,
    calls.check,
    archives.check,
    feeds.check,
    drains.check,
    credits.check,
    payments.check,
    owners.check,
)


class Checker:
    """Of one stack. A finding is a sentence that begins with its invariant and names ids."""

    def __init__(
        self, databases: Mapping[str, str], s3: S3Endpoint, bucket: str, simulated: Simulated
    ) -> None:
        self.databases = databases
        self._s3 = s3
        self._bucket = bucket
        self._simulated = simulated
        self._objects: Mapping[str, StoredObject] = {}
        self.orphans_after = timedelta(days=1)

    async def findings(self, *, patience_seconds: float = PATIENCE_SECONDS) -> list[str]:
        """What is wrong; what is only on its way gets this much time to arrive. Empty when nothing is."""
        deadline = time.monotonic() + patience_seconds
        while True:
            found = check(await self.evidence())
            if not found or time.monotonic() > deadline:
                return found
            await asyncio.sleep(POLL_SECONDS)

    async def evidence(self) -> Evidence:
        """Everything there is to see, read now."""
        tables = dict(
            zip(
                self.databases,
                await asyncio.gather(*(read_tables(*database) for database in self.databases.items())),
                strict=True,
            )
        )
        objects, log, stripe = await asyncio.gather(
            read_objects(self._s3, self._bucket, self._objects), self._simulated.calls(), self._payments()
        )
        self._objects = objects
        return Evidence(tables, objects, tuple(log), self.orphans_after, stripe)

    async def _payments(self) -> dict[str, Sequence[Row]]:
        kinds = ("checkout/sessions", "refunds", "disputes")
        found = await asyncio.gather(*(self._simulated.stripe.objects(kind) for kind in kinds))
        return dict(zip(kinds, found, strict=True))


def check(evidence: Evidence) -> list[str]:
    """Every finding of every invariant."""
    return [finding for one in CHECKS for finding in one(evidence)]


__all__ = ["CHECKS", "Checker", "Evidence", "check"]
