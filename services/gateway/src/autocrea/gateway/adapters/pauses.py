"""Pauses of the intake, each with who and why; at most one is in force."""

from collections.abc import Sequence
from typing import Any, LiteralString

from autocrea.chassis import operator_actions, signals
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import OperatorAction, Signal
from autocrea.gateway.adapters.reading import fetch, fetch_one
from autocrea.gateway.domain.read_model import STATUS_CHANNEL
from autocrea.gateway.domain.views import Pause

HISTORY_MAX = 50

_IN_FORCE: LiteralString = """
SELECT reason, paused_by, paused_at, resumed_by, resumed_at FROM pauses WHERE resumed_at IS NULL"""
_HISTORY: LiteralString = """
SELECT reason, paused_by, paused_at, resumed_by, resumed_at FROM pauses ORDER BY paused_at DESC LIMIT $1"""
_PAUSE: LiteralString = """
INSERT INTO pauses (reason, paused_by) VALUES ($1, $2)
RETURNING reason, paused_by, paused_at, resumed_by, resumed_at"""
_RESUME: LiteralString = """
UPDATE pauses SET resumed_by = $1, resumed_at = now() WHERE resumed_at IS NULL RETURNING 1"""


class Pauses:
    """Reads and writes over the service's database; raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def in_force(self) -> Pause | None:
        row = await fetch_one(self._database, _IN_FORCE)
        return _pause(row) if row is not None else None

    async def history(self) -> Sequence[Pause]:
        return [_pause(row) for row in await fetch(self._database, _HISTORY, HISTORY_MAX)]

    async def pause(self, *, reason: str, who: str) -> Pause:
        """Begin one; the one in force, if there is one, ends with the same person."""
        async with self._database.transaction() as connection:
            # Two who pause at once: the second waits here, so that one is in force in the end.
            await connection.execute("LOCK TABLE pauses IN SHARE ROW EXCLUSIVE MODE")
            await connection.execute(_RESUME, who)
            await signals.emit(connection, [Signal(STATUS_CHANNEL)])
            await operator_actions.record(connection, [OperatorAction(who, "pause", "intake", reason)])
            return _pause(await connection.fetchrow(_PAUSE, reason, who))

    async def resume(self, *, who: str, reason: str | None = None) -> bool:
        """End the one in force; says whether there was one."""
        async with self._database.transaction() as connection:
            if await connection.fetchval(_RESUME, who) is None:
                return False
            await signals.emit(connection, [Signal(STATUS_CHANNEL)])
            await operator_actions.record(connection, [OperatorAction(who, "resume", "intake", reason)])
            return True


def _pause(row: Any) -> Pause:
    return Pause(**dict(row))
