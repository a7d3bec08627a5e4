"""What a service knows of one generation: the messages it sent, its jobs and dead letters, and rows of its own.

For operators, and put together by `autocrea show`. Nothing that a person or a model wrote is in it.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Connection
from autocrea.chassis.http import require_token
from autocrea.contracts.envelope import open_envelope
from pydantic import SecretStr
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Tell = Callable[[Connection, UUID], Awaitable[dict[str, Any]]]
"""What a service's own tables say of a generation."""

ROWS_MAX = 5_000  # of a kind: a generation of the largest pipeline, retried many times, stays below

TOLD = (
    "run",
    "sequence",
    "step",
    "attempt",
    "outcome",
    "fault",
    "model",
    "quote_tokens",
    "held_tokens",
    "charge_tokens",
    "net_tokens",
    "refunded_tokens",
    "released_tokens",
    "absorbed_tokens",
    "sha256",
    "bytes",
)
"""The fields of messages' data that are told: figures, names of ours, hashes."""

_MESSAGES = "SELECT body, sent_at FROM outbox WHERE correlation_id = $1 ORDER BY seq LIMIT $2"
_JOBS = """
SELECT kind, key, due_at, attempts, lost_leases, leased_until > now() AS running
FROM jobs WHERE starts_with(key, $1) ORDER BY kind, key LIMIT $2"""
_DEAD_LETTERS = """
SELECT id, source, type, message_id, reason, created_at, resolved_at, resolution
FROM dead_letters WHERE starts_with(subject, $1) ORDER BY created_at LIMIT $2"""


class StoryRoute:
    """`GET /operator/story/{generation_id}`, with the operator's token."""

    def __init__(self, service: str, token: SecretStr, database: Database, tell: Tell | None) -> None:
        self._service = service
        self._token = token
        self._database = database
        self._tell = tell

    def routes(self) -> list[Route]:
        return [Route("/operator/story/{generation_id:uuid}", self._show)]

    async def _show(self, request: Request) -> Response:
        require_token(request, self._token)
        generation_id: UUID = request.path_params["generation_id"]
        name = str(generation_id)
        async with self._database.connection() as connection:
            messages = await connection.fetch(_MESSAGES, name, ROWS_MAX)
            found = {
                "service": self._service,
                "messages": [_told(row) for row in messages],
                "jobs": [dict(row) for row in await connection.fetch(_JOBS, name, ROWS_MAX)],
                "dead_letters": [dict(row) for row in await connection.fetch(_DEAD_LETTERS, name, ROWS_MAX)],
                "own": await self._tell(connection, generation_id) if self._tell else {},
            }
        return JSONResponse(to_jsonable_python(found))


def _told(row: asyncpg.Record) -> dict[str, Any]:
    envelope = open_envelope(row["body"])
    return {
        "id": envelope.id,
        "type": envelope.type,
        "time": envelope.time,
        "sent_at": row["sent_at"],
        "causationid": envelope.causationid,
        "traceparent": envelope.traceparent,
        "data": {name: envelope.data[name] for name in TOLD if envelope.data.get(name) is not None},
    }
