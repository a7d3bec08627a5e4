"""Whether a new run can be promised now: not while an operator has paused, nor while earlier promises wait."""

from autocrea.chassis.errors import Refused
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway

OUTBOX_LAG_SECONDS_MAX = 60.0  # a promise to start that is not kept for a minute is better not given
BUSY_RETRY_AFTER_SECONDS = 30
PAUSED_RETRY_AFTER_SECONDS = 60


async def find_refusal(gateway: Gateway) -> Refused | None:
    """`paused` or `busy`, for whoever asks for something new; what was promised before may be asked again."""
    pause = await gateway.pauses.in_force()
    if pause is not None:
        return refused("paused", reason=pause.reason, retry_after_seconds=PAUSED_RETRY_AFTER_SECONDS)
    if await gateway.backlog.lag_seconds() > OUTBOX_LAG_SECONDS_MAX:
        return refused("busy", retry_after_seconds=BUSY_RETRY_AFTER_SECONDS)
    return None
