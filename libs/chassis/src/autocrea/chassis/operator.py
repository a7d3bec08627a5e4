"""What an operator asks a service: dead letters, jobs, to send again, what operators did. Needs the operator token."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from autocrea.chassis import dead_letters, operator_actions
from autocrea.chassis.action_order import ID_MAX
from autocrea.chassis.bodies import Line, OperatorRequest, ReasonedRequest, read_body
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import Closed, Replay
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import OperatorAction
from autocrea.chassis.http import require_token
from autocrea.chassis.outbox import Outbox
from pydantic import AwareDatetime, BaseModel, Field, SecretStr, ValidationError
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_JOBS = """
SELECT kind, count(*)::int AS jobs, count(*) FILTER (WHERE leased_until > now())::int AS running,
    count(*) FILTER (WHERE due_at <= now() AND (leased_until IS NULL OR leased_until <= now()))::int AS due,
    max(attempts)::int AS attempts_max
FROM jobs GROUP BY kind ORDER BY kind"""


class _SendAgain(OperatorRequest):
    since: AwareDatetime


class _Page(BaseModel):
    before: AwareDatetime | None = None
    before_id: int = Field(0, ge=0, le=ID_MAX)
    limit: int = Field(operator_actions.LIST_DEFAULT, ge=1, le=operator_actions.LIST_MAX)


class _Note(OperatorRequest):
    action: Literal["apply_topology"]
    target: Line
    outcome: Literal["begun", "done"]


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
            Route("/operator/actions", self._actions),
            Route("/operator/actions", self._note, methods=["POST"]),
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
        asked = await read_body(request, ReasonedRequest)
        letter_id: UUID = request.path_params["id"]
        async with self._database.connection() as connection:
            letter = await dead_letters.show(connection, letter_id)
        if letter["resolved_at"] is not None:
            raise Closed(letter_id, letter["resolution"])
        await self._replay_letter(letter, Replay(letter_id, asked.who, asked.reason))
        return JSONResponse({"id": str(letter_id), "resolution": "replayed"})

    async def _discard(self, request: Request) -> Response:
        require_token(request, self._token)
        asked = await read_body(request, ReasonedRequest)
        letter_id: UUID = request.path_params["id"]
        async with self._database.transaction() as connection:
            await dead_letters.discard(connection, letter_id, who=asked.who, why=asked.reason)
        return JSONResponse({"id": str(letter_id), "resolution": "discarded"})

    async def _jobs(self, request: Request) -> Response:
        require_token(request, self._token)
        async with self._database.connection() as connection:
            found = [dict(row) for row in await connection.fetch(_JOBS)]
        return JSONResponse({"jobs": found})

    async def _republish(self, request: Request) -> Response:
        require_token(request, self._token)
        asked = await read_body(request, _SendAgain)
        sent = await self._outbox.republish(asked.since, who=asked.who, reason=asked.reason)
        return JSONResponse({"republished": sent})

    async def _tell_again(self, request: Request) -> Response:
        """State as new facts what is in force here, for readers who lost what they were told."""
        require_token(request, self._token)
        asked = await read_body(request, OperatorRequest)
        action = OperatorAction(asked.who, "tell_again", "state", asked.reason)
        await operator_actions.note(self._database, replace(action, outcome="begun"))
        for tell in self._tellers:
            await tell()
        await operator_actions.note(self._database, action)
        return JSONResponse({"told": len(self._tellers)})

    async def _actions(self, request: Request) -> Response:
        require_token(request, self._token)
        try:
            wanted = _Page.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise Refused(
                "invalid_request", "`limit`, `before` or `before_id` is none", status=422
            ) from error
        async with self._database.connection() as connection:
            found, left_out = await operator_actions.newest(
                connection, before=wanted.before, before_id=wanted.before_id, limit=wanted.limit
            )
        return JSONResponse({"actions": to_jsonable_python(found), "left_out": left_out})

    async def _note(self, request: Request) -> Response:
        """What was done to something without a database of its own: whoever does it says so, before and after."""
        require_token(request, self._token)
        asked = await read_body(request, _Note)
        action = OperatorAction(asked.who, asked.action, asked.target, asked.reason, outcome=asked.outcome)
        await operator_actions.note(self._database, action)
        return JSONResponse({"noted": asked.outcome}, status_code=201)
