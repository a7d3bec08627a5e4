"""What an operator does to the ledger: give tokens, with a reason."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Protocol
from uuid import uuid4

from autocrea.billing.domain.books import Books, Key
from autocrea.billing.handlers import grant_tokens
from autocrea.billing.handlers.grant_tokens import Grant, Granted
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import Effects
from autocrea.chassis.http import require_token
from autocrea.contracts.ids import UserId
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

GRANT_TOKENS_MAX = 1_000_000  # a slip of the finger, not a policy: more is several grants

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Transact(Protocol):
    """The service's transaction, as far as it is needed here."""

    def __call__(
        self, keys: Iterable[Key], decide: Callable[[Books, datetime], tuple[Granted, Effects]], /
    ) -> Awaitable[Granted]: ...


class GrantBody(BaseModel):
    """The request's body."""

    model_config = ConfigDict(extra="forbid")

    user: Text
    tokens: Annotated[int, Field(gt=0, le=GRANT_TOKENS_MAX)]
    reason: Text
    who: Text = "operator"


class GrantsHttp:
    """`POST /operator/grants` with the operator's token; the same `Idempotency-Key` grants once."""

    def __init__(self, transact: Transact, operator_token: SecretStr) -> None:
        self._transact = transact
        self._operator_token = operator_token

    def routes(self) -> list[Route]:
        return [Route("/operator/grants", self._grant, methods=["POST"])]

    async def _grant(self, request: Request) -> Response:
        require_token(request, self._operator_token)
        try:
            body = GrantBody.model_validate_json(await request.body())
        except ValidationError as error:
            places = ", ".join(".".join(map(str, fault["loc"])) or "body" for fault in error.errors())
            raise Refused("invalid_request", f"not a grant: look at {places}", status=422) from error
        key = request.headers.get("idempotency-key", "").strip() or str(uuid4())
        grant = Grant(UserId(body.user), body.tokens, body.reason, body.who, key)
        granted = await self._transact(grant_tokens.rows(grant), partial(grant_tokens.decide, grant))
        answer = {
            "user": grant.user_id,
            "tokens": grant.tokens,
            "available": granted.available_tokens,
            "repeated": granted.repeated,
        }
        return JSONResponse(answer, status_code=200 if granted.repeated else 201)
