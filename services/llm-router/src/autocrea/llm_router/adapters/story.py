"""The calls of a generation's steps, for operators; rows of calls hold figures and ids alone."""

from typing import Any
from uuid import UUID

from autocrea.chassis.handlers import Connection

_STEPS = """
SELECT run, step, attempt, state FROM steps WHERE generation_id = $1 ORDER BY run, created_at"""
_CALLS = """
SELECT call_id, run, step, attempt, kind, provider, model, placed_at, ended_at, outcome, reason, input_tokens,
    output_tokens, cached_tokens, estimated, first_token_ms, total_ms, booking
FROM llm_calls WHERE generation_id = $1 ORDER BY placed_at"""


async def story(connection: Connection, generation_id: UUID) -> dict[str, Any]:
    return {
        "steps": [dict(row) for row in await connection.fetch(_STEPS, generation_id)],
        "calls": [dict(row) for row in await connection.fetch(_CALLS, generation_id)],
    }
