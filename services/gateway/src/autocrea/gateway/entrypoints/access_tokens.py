"""Routes of the caller's access tokens, for the command line and for scripts. They need a session."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

from autocrea.contracts.message import Shape
from autocrea.gateway.domain.access_tokens import (
    LIFETIME_DAYS_DEFAULT,
    LIFETIME_DAYS_MAX,
    PREFIX,
    SECRET_BYTES,
    AccessToken,
)
from autocrea.gateway.domain.identity import Scope
from autocrea.gateway.entrypoints.authentication import AccountHolder, Wired
from autocrea.gateway.entrypoints.bodies import Page
from autocrea.gateway.entrypoints.request_bodies import Name
from autocrea.gateway.entrypoints.requests import IdempotencyKey, errors
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.create_access_token import CreateAccessToken
from autocrea.gateway.handlers.revoke_access_token import RevokeAccessToken
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

router = APIRouter(tags=["account"])


class AccessTokenRequest(BaseModel):
    """An access token to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "portátil", "scopes": ["read", "write"], "lifetime_days": 90}]
        }
    )

    name: Name = Field(description="For yourself: where it is used.")
    scopes: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)] = Field(
        ["read", "write"],
        description="`read`: look at what is yours. `write`: make and change it.",
    )
    lifetime_days: int = Field(
        LIFETIME_DAYS_DEFAULT, ge=1, le=LIFETIME_DAYS_MAX, description="After these days it proves nothing."
    )


class AccessTokenBody(Shape):
    """An access token without its secret."""

    token_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    hint: str = Field(description="Its last characters.")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To ten minutes.")

    @classmethod
    def of(cls, token: AccessToken) -> "AccessTokenBody":
        return cls(**{name: getattr(token, name) for name in cls.model_fields})


class NewAccessTokenBody(AccessTokenBody):
    """An access token with its secret, which is shown this once."""

    token: str = Field(description="Present it as `Authorization: Bearer …`.")


@router.get("/me/tokens", summary="Your access tokens")
async def list_access_tokens(gateway: Wired, caller: AccountHolder) -> Page[AccessTokenBody]:
    """Those that still prove something, the newest first; there are never more than one page."""
    tokens = await gateway.access_tokens.list(caller.user_id)
    return Page(items=[AccessTokenBody.of(token) for token in tokens], next_cursor=None)


@router.post(
    "/me/tokens",
    status_code=201,
    summary="Make an access token",
    responses=errors("idempotency_key_reused", "too_many_tokens"),
)
async def create_access_token(
    body: AccessTokenRequest,
    response: Response,
    gateway: Wired,
    caller: AccountHolder,
    idempotency_key: IdempotencyKey = None,
) -> NewAccessTokenBody:
    """The secret is in this answer alone. Repeated under its key it is the same token with another secret."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    request = body.model_dump_json()
    command = CreateAccessToken(
        identity=caller,
        repeatable=Repeatable.of(caller.user_id, idempotency_key, "create_access_token", request),
        token_id=uuid4(),
        secret=secret,
        name=body.name,
        scopes=tuple(sorted(set(body.scopes))),
        lifetime=timedelta(days=body.lifetime_days),
    )
    token = await gateway.transact(command.keys(), command.decide)
    response.headers["Cache-Control"] = "no-store"
    return NewAccessTokenBody(**AccessTokenBody.of(token).model_dump(), token=secret)


@router.delete(
    "/me/tokens/{token_id}", status_code=204, summary="Take one back", responses=errors("not_found")
)
async def delete_access_token(token_id: UUID, gateway: Wired, caller: AccountHolder) -> Response:
    """From the answer on it proves nothing, on any replica."""
    command = RevokeAccessToken(caller, token_id)
    await gateway.transact(command.keys(), command.decide)
    return Response(status_code=204)
