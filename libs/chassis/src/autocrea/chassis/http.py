"""HTTP between services and from operators: internal client, caller check, errors in one shape, safe headers."""

import hmac
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
from autocrea.chassis.client_calls import http_call
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.secret_files import parted
from autocrea.chassis.tracing import current_trace_id
from opentelemetry import propagate
from pydantic import SecretStr
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INTERNAL_TIMEOUT_SECONDS = 5.0  # a person waits for every synchronous call
INTERNAL_CONNECTIONS_MAX = 50
INTERNAL_IDLE_SECONDS = 30.0  # well under the `KEEP_ALIVE_SECONDS` of the other side

log = logging.getLogger(__name__)


class InternalClient:
    """Calls one other service with this service's token. Every trouble on the way is `Unavailable`.

    Of two tokens with a comma between, the first is presented: the other side accepts both.
    """

    def __init__(
        self, base_url: str, token: SecretStr, *, name: str, timeout_seconds: float = INTERNAL_TIMEOUT_SECONDS
    ) -> None:
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout_seconds,
            limits=httpx.Limits(
                max_connections=INTERNAL_CONNECTIONS_MAX, keepalive_expiry=INTERNAL_IDLE_SECONDS
            ),
            trust_env=False,  # a proxy of the machine must never see internal calls
        )

    async def request(
        self, method: str, template: str, parts: Mapping[str, object] | None = None, **options: Any
    ) -> httpx.Response:
        """Send and read the whole answer. Raises `Unavailable`, and `Refused` with the other side's code for a 4xx.

        `template` is the path with names in the place of `parts`, which are quoted here.
        """
        async with self.stream(method, template, parts, **options) as response:
            await response.aread()
            return response

    @asynccontextmanager
    async def stream(
        self, method: str, template: str, parts: Mapping[str, object] | None = None, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """Send and hand out the open response; errors as in `request`, also while the body is read."""
        path = template.format(**{name: quote(str(part), safe="") for name, part in (parts or {}).items()})
        # As servers read them: a header that somebody else wrote goes along byte for byte, or nothing could refuse it.
        headers = httpx.Headers(options.pop("headers", {}), encoding="latin-1")
        headers["Authorization"] = f"Bearer {parted(self._token)[0].get_secret_value()}"
        with http_call(self._name, method, self._base_url + path, template) as call:
            propagate.inject(headers)
            try:
                async with self._client.stream(method, path, headers=headers, **options) as response:
                    call.answered(response.status_code)
                    if response.status_code >= 500:
                        raise Unavailable(f"{self._name} answers {response.status_code}")
                    if response.status_code >= 400:
                        await response.aread()
                        raise _refused(response)
                    yield response
            except httpx.HTTPError as error:
                raise Unavailable(f"{self._name} does not answer ({type(error).__name__})") from error

    async def close(self) -> None:
        await self._client.aclose()


def _refused(response: httpx.Response) -> Refused:
    try:
        body = response.json()
        code, detail = str(body.pop("code")), str(body.pop("detail"))
    except (ValueError, KeyError, AttributeError):
        return Refused(
            "internal", f"the other side answered {response.status_code}", status=response.status_code
        )
    body.pop("trace_id", None)
    return Refused(code, detail, status=response.status_code, **body)


def require_token(request: Request, accepted: SecretStr) -> None:
    """Check the caller's bearer token, in constant time for each that is in force; raises `Refused(unauthorized)`."""
    presented = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    in_force = [one.get_secret_value().encode() for one in parted(accepted)]
    if True not in [hmac.compare_digest(presented, one) for one in in_force]:
        raise Refused("unauthorized", "the token of this call is missing or wrong", status=401)


def error_response(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
) -> JSONResponse:
    """An error in the one shape that every service answers with."""
    body = {"detail": detail, "code": code, "trace_id": current_trace_id(), **extra}
    return JSONResponse(body, status_code=status, headers=headers)


async def on_refused(_request: Request, error: Exception) -> Response:
    """Starlette exception handler."""
    assert isinstance(error, Refused)
    return error_response(error.status, error.code, error.detail, **error.extra)


async def on_unavailable(_request: Request, error: Exception) -> Response:
    """Starlette exception handler."""
    assert isinstance(error, Unavailable)
    log.warning("request not served", extra={"reason": error.what})
    retry_after = str(max(1, round(error.retry_after_seconds)))
    return error_response(503, "unavailable", "try again in a moment", headers={"Retry-After": retry_after})


async def on_bug(_request: Request, error: Exception) -> Response:
    """Starlette exception handler: says nothing of the cause; the trace id leads to the log."""
    log.error("request hit a bug", exc_info=error)
    return error_response(500, "internal", "something went wrong on our side")


SECURITY_HEADERS: Mapping[str, str] = {
    # Answers are data: whatever a browser takes one for, nothing in it runs or loads. A page says otherwise itself.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",  # what is somebody's stays in no cache unless the answer says otherwise
    "strict-transport-security": "max-age=31536000; includeSubDomains",  # browsers heed it over https alone
}


class SecurityHeaders:
    """Adds to every answer the headers that it does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)
