"""The issuer over HTTP: what Clerk publishes, a token endpoint in place of its sign-in, rotation and accounts."""

import json

from autocrea.simulators.identity.accounts import AccountExists, NewAccount, TooManyAccounts
from autocrea.simulators.identity.issuer import Issuer, TokenRequest, UnknownAccount
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


class Rotation(BaseModel):
    """The body of `POST /_sim/identity/rotate`."""

    model_config = ConfigDict(extra="forbid")
    keep_old: bool = True


def identity_routes(issuer: Issuer) -> list[Route]:
    """The public side, mounted at the issuer's address."""

    async def jwks(_: Request) -> JSONResponse:
        return JSONResponse(issuer.keys.jwks())

    async def configuration(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": issuer.url,
                "jwks_uri": f"{issuer.url}/.well-known/jwks.json",
                "token_endpoint": f"{issuer.url}/token",
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def token(request: Request) -> JSONResponse:
        try:
            wanted = TokenRequest.model_validate_json(await request.body())
            account = issuer.account_of(wanted)
        except ValidationError as error:
            return invalid(error)
        except UnknownAccount as error:
            return JSONResponse({"detail": str(error)}, 404)
        except (AccountExists, TooManyAccounts) as error:
            return JSONResponse({"detail": str(error)}, 409)
        answer = {"token": issuer.token(account, wanted), "expires_in": wanted.lifetime_seconds}
        return JSONResponse(answer | {"token_type": "Bearer", "account": account.shown()})

    return [
        Route("/.well-known/jwks.json", jwks, methods=["GET"]),
        Route("/.well-known/openid-configuration", configuration, methods=["GET"]),
        Route("/token", token, methods=["POST"]),
    ]


def identity_control_routes(issuer: Issuer) -> list[Route]:
    """Rotation and accounts, mounted at `/_sim/identity`."""

    async def rotate(request: Request) -> JSONResponse:
        try:
            rotation = Rotation.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            return invalid(error)
        key = issuer.keys.rotate(keep_old=rotation.keep_old)
        return JSONResponse({"kid": key.kid, "published": [one["kid"] for one in issuer.keys.jwks()["keys"]]})

    async def mint(request: Request) -> JSONResponse:
        try:
            account = issuer.accounts.mint(NewAccount.model_validate_json(await request.body() or b"{}"))
        except ValidationError as error:
            return invalid(error)
        except (AccountExists, TooManyAccounts) as error:
            return JSONResponse({"detail": str(error)}, 409)
        return JSONResponse(account.shown(), 201)

    async def accounts(_: Request) -> JSONResponse:
        return JSONResponse({"accounts": [account.shown() for account in issuer.accounts.all()]})

    return [
        Route("/rotate", rotate, methods=["POST"]),
        Route("/accounts", mint, methods=["POST"]),
        Route("/accounts", accounts, methods=["GET"]),
    ]


def invalid(error: ValidationError) -> JSONResponse:
    """The answer to a body of the wrong shape."""
    return JSONResponse({"detail": json.loads(error.json(include_url=False, include_input=False))}, 422)
