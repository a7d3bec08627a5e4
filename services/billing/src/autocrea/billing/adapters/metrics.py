"""What the ledger is asked from time to time, and what settlements gave back."""

from datetime import timedelta

from autocrea.chassis.handlers import Connection
from autocrea.chassis.told import Told
from autocrea.contracts.billing.v1 import TokensSettled
from prometheus_client import Counter, Gauge

HOLD_AGE_SECONDS = Gauge("autocrea_hold_age_seconds", "Age of the oldest open hold; 0 without one.")
HOLDS_OVERDUE = Gauge("autocrea_holds_overdue", "Open holds that should have been settled long ago.")
TOKENS_REFUNDED = Counter(
    "autocrea_tokens_refunded", "Tokens given back at settlements after they were charged."
)
TOKENS_RELEASED = Counter("autocrea_tokens_released", "Tokens that were held and not needed.")

_OLDEST = """
SELECT coalesce(extract(epoch FROM now() - min(opened_at)), 0)::float8 FROM holds WHERE state = 'open'"""
_OVERDUE = "SELECT count(*)::int FROM holds WHERE state = 'open' AND opened_at < now() - $1::interval"


def register(told: Told) -> None:
    """Count from what the service tells."""
    told.on(TokensSettled, _settled)


def _settled(settled: TokensSettled) -> None:
    TOKENS_REFUNDED.inc(sum(settled.refunds.values()))
    TOKENS_RELEASED.inc(settled.released_tokens)


async def measure(overdue_after: timedelta, connection: Connection) -> None:
    """How long the oldest hold has been open, and how many longer than any run can be."""
    HOLD_AGE_SECONDS.set(await connection.fetchval(_OLDEST))
    HOLDS_OVERDUE.set(await connection.fetchval(_OVERDUE, overdue_after))
