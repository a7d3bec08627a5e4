"""What an operator does to the ledger: give tokens, with a reason."""

from functools import partial
from typing import Annotated
from uuid import uuid4

from autocrea.billing.handlers import grant_tokens
from autocrea.billing.handlers.grant_tokens import Grant
from autocrea.billing.ports import Transact
from autocrea.chassis.bodies import Line, ReasonedRequest, read_body
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.contracts.ids import UserId
from pydantic import ConfigDict, Field, SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

GRANT_TOKENS_MAX = 1_000_000  # a slip of the finger, not a policy: more is several grants

KEY_CHARACTERS_MAX = 128  # it is told with the line, as the gateway's are


class GrantBody(ReasonedRequest):
    """The request's body."""

    model_config = ConfigDict(extra="forbid")

    user: Line
    tokens: Annotated[int, Field(gt=0, le=GRANT_TOKENS_MAX)]


class GrantsHttp:
    """`POST /operator/grants` with the operator's token; the same `Idempotency-Key` grants once."""

    def __init__(self, transact: Transact, operator_token: SecretStr) -> None:
        self._transact = transact
        self._operator_token = operator_token

    def routes(self) -> list[Route]:
        return [Route("/operator/grants", self._grant, methods=["POST"])]

    async def _grant(self, request: Request) -> Response:
        require_token(request, self._operator_token)
        body = await read_body(request, GrantBody)
        key = request.headers.get("idempotency-key", "").strip() or str(uuid4())
        if len(key) > KEY_CHARACTERS_MAX:
            raise Refused("invalid_request", "`Idempotency-Key` is too long", status=422)
        grant = Grant(UserId(body.user), body.tokens, body.reason, body.who, key)
        granted = await self._transact(grant_tokens.rows(grant), partial(grant_tokens.decide, grant))
        answer = {
            "user": grant.user_id,
            "tokens": grant.tokens,
            "available": granted.available_tokens,
            "key": grant.ledger_key,
            "repeated": granted.repeated,
        }
        return JSONResponse(answer, status_code=200 if granted.repeated else 201)
