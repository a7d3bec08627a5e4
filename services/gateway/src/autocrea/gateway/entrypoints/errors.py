"""Every error as `{"detail", "code", "trace_id"}` in the caller's language; causes go to the log, not to the client."""

import logging
from collections.abc import Mapping
from typing import Any

from autocrea.chassis import http
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.gateway.domain.languages import choose_language
from autocrea.gateway.domain.problems import PROBLEMS, sentence
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 64 * 1024  # the largest body the API takes is a prompt with its project's name
FIELDS_TOLD_MAX = 10
RETRY_AFTER_SECONDS = 10  # where whoever refuses knows no better
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 401: "unauthenticated", 413: "body_too_large"}
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Register how each kind of exception is answered."""
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(Unavailable, _on_unavailable)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def problem(request: Request, code: str, *, status: int | None = None, **members: Any) -> Response:
    """The answer for a code of the table; a code that is not in it is a bug of ours and answered as one."""
    if code not in PROBLEMS:
        log.error("a code that the table of problems does not have", extra={"code": code})
        code, status, members = "internal", 500, {}
    language = choose_language(request.headers.get("accept-language"))
    detail = sentence(code, language, _Lenient(members))
    headers: dict[str, str] = {"Content-Language": language}
    status = status or PROBLEMS[code].status
    if status in (429, 503):
        headers["Retry-After"] = str(members.get("retry_after_seconds", RETRY_AFTER_SECONDS))
    if code == "range_not_satisfiable":  # RFC 9110, section 15.5.17: the whole length tells what would be
        headers["Content-Range"] = f"bytes */{members.get('bytes', '*')}"
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return http.error_response(status, code, detail, headers=headers, **members)


class _Lenient(dict[str, Any]):
    """A member that an answer lacks is left out of its sentence: an error about an error helps nobody."""

    def __missing__(self, key: str) -> str:
        return "?"


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(request, error.code, status=error.status, **error.extra)


async def _on_unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unavailable)
    log.warning("request not served", extra={"reason": error.what})
    return problem(request, "unavailable", retry_after_seconds=max(1, round(error.retry_after_seconds)))


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(str(part) for part in fault["loc"]), "message": str(fault["msg"])}
        for fault in error.errors()[:FIELDS_TOLD_MAX]
    ]
    if [fault["field"] for fault in errors] == ["body"] and not _says_json(request):
        errors = [{"field": "header.content-type", "message": "Bodies are application/json"}]
    fields = ", ".join(dict.fromkeys(fault["field"] for fault in errors))
    return problem(request, "invalid_request", problems=fields, errors=errors)


def _says_json(request: Request) -> bool:
    """As `curl -d` does not: the likeliest reason for a body that is there and yet none."""
    return request.headers.get("content-type", "").startswith("application/json")


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in _BY_STATUS:
        answer = problem(request, _BY_STATUS[error.status_code], status=error.status_code)
        answer.headers.update(error.headers or {})  # which methods there are, of a 405
        return answer
    if error.status_code < 500:  # FastAPI says 400 of a body that is no JSON
        return problem(request, "invalid_request", problems="body", errors=[])
    return problem(request, "internal")


class ErrorBoundary:
    """The outermost layer of the API: bugs become `internal`, bodies over the limit `body_too_large`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        request = Request(scope)
        try:
            limited = await _read_limited(scope, receive)
            if limited is None:
                await problem(request, "body_too_large")(scope, receive, watched)
                return
            await self._app(scope, limited, watched)
        except Exception as error:
            if started:
                raise
            log.error("request hit a bug", exc_info=error)
            await problem(request, "internal")(scope, receive, watched)


async def _read_limited(scope: Scope, receive: Receive) -> Receive | None:
    """Read the body, which is small or refused, and hand it out again; None when it is too large."""
    if scope["method"] in _BODILESS:
        return receive
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        return None
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _replay(message, receive)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_BYTES_MAX:
            return None
    return _replay({"type": "http.request", "body": body, "more_body": False}, receive)


def _replay(first: Message, receive: Receive) -> Receive:
    waiting: list[Message] = [first]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
