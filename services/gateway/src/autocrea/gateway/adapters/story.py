"""How the read model shows a generation and which events it has, for operators; not what its owner wrote."""

from typing import Any
from uuid import UUID

from autocrea.chassis.handlers import Connection

_GENERATION = """
SELECT user_id, project_id, pipeline, model_preference, quote_tokens, run, status, cancel_requested,
    projected_sequence, created_at, started_at, updated_at FROM generations WHERE generation_id = $1"""
_EVENTS = "SELECT sequence, message_id, type, time FROM feed_events WHERE stream = $1 ORDER BY sequence"


async def story(connection: Connection, generation_id: UUID) -> dict[str, Any]:
    row = await connection.fetchrow(_GENERATION, generation_id)
    events = await connection.fetch(_EVENTS, f"generation:{generation_id}")
    return {"generation": dict(row) if row else None, "events": [dict(event) for event in events]}
