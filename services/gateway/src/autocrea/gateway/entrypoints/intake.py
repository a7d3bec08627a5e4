"""Whether a new run can be promised now: not while an operator has paused, nor while earlier promises wait."""

from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway

OUTBOX_LAG_SECONDS_MAX = 60.0  # a promise to start that is not kept for a minute is better not given
BUSY_RETRY_AFTER_SECONDS = 30
PAUSED_RETRY_AFTER_SECONDS = 60


async def check_intake(gateway: Gateway) -> None:
    """Raise `Refused` with `paused` or `busy`."""
    pause = await gateway.pauses.in_force()
    if pause is not None:
        raise refused("paused", reason=pause.reason, retry_after_seconds=PAUSED_RETRY_AFTER_SECONDS)
    if await gateway.backlog.lag_seconds() > OUTBOX_LAG_SECONDS_MAX:
        raise refused("busy", retry_after_seconds=BUSY_RETRY_AFTER_SECONDS)
