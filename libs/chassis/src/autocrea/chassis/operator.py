"""What an operator asks a service: its dead letters, its jobs, to send messages again. Needs the operator token."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from autocrea.chassis import dead_letters
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import Replay
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.chassis.outbox import Outbox
from pydantic import SecretStr
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_JOBS = """
SELECT kind, count(*)::int AS jobs, count(*) FILTER (WHERE leased_until > now())::int AS running,
    count(*) FILTER (WHERE due_at <= now() AND (leased_until IS NULL OR leased_until <= now()))::int AS due,
    max(attempts)::int AS attempts_max
FROM jobs GROUP BY kind ORDER BY kind"""

log = logging.getLogger(__name__)


class Operator:
    """The routes under `/operator`."""

    def __init__(
        self,
        token: SecretStr,
        database: Database,
        outbox: Outbox,
        replay: Callable[[dict[str, Any], Replay], Awaitable[None]],
        tellers: Sequence[Callable[[], Awaitable[None]]],
    ) -> None:
        self._token = token
        self._database = database
        self._outbox = outbox
        self._replay_letter = replay
        self._tellers = tellers

    def routes(self) -> list[Route]:
        return [
            Route("/operator/dead-letters", self._list),
            Route("/operator/dead-letters/{id:uuid}", self._show),
            Route("/operator/dead-letters/{id:uuid}/replay", self._replay, methods=["POST"]),
            Route("/operator/dead-letters/{id:uuid}/discard", self._discard, methods=["POST"]),
            Route("/operator/jobs", self._jobs),
            Route("/operator/outbox/republish", self._republish, methods=["POST"]),
            Route("/operator/tell-again", self._tell_again, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        require_token(request, self._token)
        everything = request.query_params.get("all") == "true"
        async with self._database.connection() as connection:
            found, left_out = await dead_letters.newest(connection, include_resolved=everything)
        return JSONResponse({"dead_letters": to_jsonable_python(found), "left_out": left_out})

    async def _show(self, request: Request) -> Response:
        require_token(request, self._token)
        async with self._database.connection() as connection:
            found = await dead_letters.show(connection, request.path_params["id"])
        return JSONResponse(to_jsonable_python(found))

    async def _replay(self, request: Request) -> Response:
        require_token(request, self._token)
        letter_id: UUID = request.path_params["id"]
        async with self._database.connection() as connection:
            letter = await dead_letters.show(connection, letter_id)
        if letter["resolved_at"] is not None:
            raise Refused("already_resolved", f"dead letter {letter_id} was {letter['resolution']} already")
        who, why = await _who_and_why(request)
        await self._replay_letter(letter, Replay(letter_id, who, why))
        return JSONResponse({"id": str(letter_id), "resolution": "replayed"})

    async def _discard(self, request: Request) -> Response:
        require_token(request, self._token)
        who, why = await _who_and_why(request)
        async with self._database.connection() as connection:
            await dead_letters.discard(connection, request.path_params["id"], who=who, why=why)
        return JSONResponse({"id": str(request.path_params["id"]), "resolution": "discarded"})

    async def _jobs(self, request: Request) -> Response:
        require_token(request, self._token)
        async with self._database.connection() as connection:
            found = [dict(row) for row in await connection.fetch(_JOBS)]
        return JSONResponse({"jobs": found})

    async def _republish(self, request: Request) -> Response:
        require_token(request, self._token)
        body = await _json(request)
        try:
            since = datetime.fromisoformat(str(body.get("since", "")))
        except ValueError:
            since = None
        if since is None or since.tzinfo is None:
            raise Refused("invalid_request", "`since` must be an ISO 8601 time with its zone", status=422)
        sent = await self._outbox.republish(since)
        log.info(
            "an operator had messages sent again", extra={**_who(body), "since": since, "messages": sent}
        )
        return JSONResponse({"republished": sent})

    async def _tell_again(self, request: Request) -> Response:
        """State as new facts what is in force here, for readers who lost what they were told."""
        require_token(request, self._token)
        who = _who(await _json(request))
        for tell in self._tellers:
            await tell()
        log.info("an operator had state told again", extra=who)
        return JSONResponse({"told": len(self._tellers)})


async def _who_and_why(request: Request) -> tuple[str, str]:
    body = await _json(request)
    who, why = str(body.get("who", "")).strip(), str(body.get("reason", "")).strip()
    if not who or not why:
        raise Refused("invalid_request", "`who` and `reason` must say something", status=422)
    return who, why


def _who(body: Mapping[str, Any]) -> dict[str, str]:
    """For the log: what changes nothing but how often something is said has no row to keep it in."""
    return {"who": str(body.get("who", "")).strip() or "operator"}


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused("invalid_request", "the body must be a JSON object", status=422)
    return body
