"""Feeds read from their table: the stored events of the contiguous prefix, and how far it goes at that moment."""

from collections.abc import Collection, Mapping
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.adapters.reading import fetch, fetch_one
from autocrea.gateway.domain.generation import OPEN
from autocrea.gateway.domain.read_model import generation_stream, user_stream
from autocrea.gateway.domain.views import FeedLine, FeedPage

# One statement each: position, state and events are of one moment. Without events there is one row without type.
_GENERATION: LiteralString = """
SELECT g.projected_sequence AS position, g.status, f.sequence, f.type, f.data
FROM generations g LEFT JOIN LATERAL (
    SELECT sequence, type, data::text AS data FROM feed_events
    WHERE stream = $2 AND sequence > $3 AND sequence <= g.projected_sequence ORDER BY sequence LIMIT $4) f ON true
WHERE g.generation_id = $1 ORDER BY f.sequence"""
_USER: LiteralString = """
SELECT u.feed_position AS position, f.sequence, f.type, f.data
FROM users u LEFT JOIN LATERAL (
    SELECT sequence, type, data::text AS data FROM feed_events
    WHERE stream = $2 AND sequence > $3 AND sequence <= u.feed_position ORDER BY sequence LIMIT $4) f ON true
WHERE u.user_id = $1 ORDER BY f.sequence"""
_USER_POSITION: LiteralString = "SELECT feed_position FROM users WHERE user_id = $1"
_POSITIONS: LiteralString = """
SELECT 'generation:' || generation_id AS stream, projected_sequence::bigint AS position FROM generations
WHERE generation_id = ANY($1::uuid[])
UNION ALL
SELECT 'user:' || user_id, feed_position FROM users WHERE user_id = ANY($2::text[])"""


class FeedPages:
    """Reads both kinds of feeds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read_generation(self, generation_id: GenerationId, after: int, limit: int) -> FeedPage:
        """The next events; `ended` when the last run asked for has ended."""
        stream = generation_stream(generation_id)
        rows = await fetch(self._database, _GENERATION, generation_id, stream, after, limit)
        if not rows:
            return FeedPage((), after, ended=True)  # erased meanwhile
        return FeedPage(_lines(rows), rows[0]["position"], ended=rows[0]["status"] not in OPEN)

    async def read_user(self, user_id: UserId, after: int | None, limit: int) -> FeedPage:
        """The next events, or the position alone; `gap` when the events asked for are gone or never were."""
        if after is None:
            row = await fetch_one(self._database, _USER_POSITION, user_id)
            return FeedPage((), row["feed_position"] if row is not None else 0, ended=False)
        rows = await fetch(self._database, _USER, user_id, user_stream(user_id), after, limit)
        if not rows:
            return FeedPage((), after, ended=False)
        lines, position = _lines(rows), rows[0]["position"]
        following = lines[0].sequence if lines else position + 1
        return FeedPage(lines, position, ended=False, gap=following != after + 1)

    async def positions(self, streams: Collection[str]) -> Mapping[str, int]:
        """How far each of these feeds goes now."""
        named = [stream.partition(":") for stream in streams]
        generations = [UUID(id_) for kind, _, id_ in named if kind == "generation"]
        users = [id_ for kind, _, id_ in named if kind == "user"]
        rows = await fetch(self._database, _POSITIONS, generations, users)
        return {row["stream"]: row["position"] for row in rows}


def _lines(rows: list[Any]) -> tuple[FeedLine, ...]:
    return tuple(
        FeedLine(row["sequence"], row["type"], row["data"]) for row in rows if row["type"] is not None
    )
