"""The rows of calls, written around each request in short transactions of their own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import LiteralString

from autocrea.chassis.database import Database, Trouble, classify
from autocrea.llm_router.domain.answers import Ended
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.ports import PlacedCall

REASON_CHARS_MAX = 500
# A database that restarts is back within these; a whole answer is worth waiting that long with it in hand.
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)

log = logging.getLogger(__name__)

_IS_OPEN: LiteralString = """
SELECT true FROM steps WHERE generation_id = $1 AND run = $2 AND step = $3 AND state = 'open'"""
_MARK_LOST: LiteralString = """
UPDATE llm_calls SET ended_at = now(), outcome = 'aborted', reason = 'its worker was gone'
WHERE generation_id = $1 AND run = $2 AND step = $3 AND attempt = $4 AND ended_at IS NULL"""
# The shared lock makes it wait for whoever closes the step, and then find it closed.
_PLACE: LiteralString = """
INSERT INTO llm_calls (generation_id, run, step, attempt, call_id, kind, provider, model, placed_at)
SELECT generation_id, run, step, $4, $5, $6, $7, $8, $9 FROM steps
WHERE generation_id = $1 AND run = $2 AND step = $3 AND state = 'open' FOR SHARE
RETURNING true"""
_END: LiteralString = """
WITH closed AS (
    SELECT state = 'closed' AS yes FROM steps WHERE generation_id = $1 AND run = $2 AND step = $3 FOR SHARE
)
UPDATE llm_calls SET ended_at = now(), outcome = $5, reason = $6, input_tokens = $7, output_tokens = $8,
    cached_tokens = $9, estimated = $10, first_token_ms = $11, total_ms = $12,
    booking = CASE WHEN (SELECT yes FROM closed) THEN coalesce(booking, 'absorbed') ELSE booking END
WHERE call_id = $4"""


class DatabaseCallLog:
    """The port, over the service's database. Raises what the chassis takes for the database being away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin_attempt(self, step: StepKey, attempt: int) -> bool:
        async with self._database.transaction() as connection:
            if not await connection.fetchval(_IS_OPEN, *step):
                return False
            await connection.execute(_MARK_LOST, *step, attempt)
        return True

    async def place(self, call: PlacedCall) -> bool:
        async with self._database.connection() as connection:
            placed = await connection.fetchval(
                _PLACE,
                *call.step,
                call.attempt,
                call.call_id,
                call.kind.value,
                call.provider,
                call.model,
                call.placed_at,
            )
        return bool(placed)

    async def end(self, call: PlacedCall, ended: Ended) -> None:
        async def write() -> None:
            async with self._database.connection() as connection:
                await connection.execute(
                    _END,
                    *call.step,
                    call.call_id,
                    ended.outcome.value,
                    ended.sentence[:REASON_CHARS_MAX] or None,
                    ended.usage.input_tokens,
                    ended.usage.output_tokens,
                    ended.usage.cached_tokens,
                    ended.usage.estimated,
                    ended.first_token_ms,
                    ended.total_ms,
                )

        await _insist(write)


async def _insist(write: Callable[[], Awaitable[None]]) -> None:
    """Try a statement that may be repeated again while the database is away; raises when it stays away."""
    for pause in PAUSES_SECONDS:
        try:
            return await write()
        except Exception as error:
            if classify(error) is Trouble.BUG:
                raise
            log.warning("call not noted yet", extra={"reason": repr(error)})
        await asyncio.sleep(pause)
    return await write()
