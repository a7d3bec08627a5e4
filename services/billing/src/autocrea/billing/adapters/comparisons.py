"""How the last comparison of the books ended. Every replica tells it, also one that was started since."""

from typing import Final, LiteralString

from autocrea.billing.domain.reconciliation import Comparison
from autocrea.chassis.handlers import Connection
from prometheus_client import Gauge

DIFFERENCES = Gauge(
    "autocrea_ledger_differences", "Differences that the last comparison of the books named; 0 before any."
)
COMPARED_AT = Gauge(
    "autocrea_ledger_compared_at_seconds", "Unix time of the last comparison of the books; 0 before any."
)

_SAVE: Final[LiteralString] = """
INSERT INTO comparisons (compared_at, differences) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET compared_at = excluded.compared_at, differences = excluded.differences"""
_LAST: Final[LiteralString] = """
SELECT differences, extract(epoch FROM compared_at)::float8 AS compared_at FROM comparisons"""


async def save(connection: Connection, comparison: Comparison | None) -> None:
    """Note one that has just ended; one at a time is made, so the last to be noted is the last."""
    if comparison is not None:
        await connection.execute(_SAVE, comparison.compared_at, comparison.differences)


async def measure(connection: Connection) -> None:
    """Tell what is noted."""
    last = await connection.fetchrow(_LAST)
    if last is not None:
        DIFFERENCES.set(last["differences"])
        COMPARED_AT.set(last["compared_at"])
