"""Rate, errors and duration of HTTP requests, by route. What streams is counted when it ends, and not timed."""

import re
import time
from collections.abc import MutableMapping
from typing import Any

from autocrea.chassis.metrics import REQUEST_SECONDS, REQUESTS
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAM = b"text/event-stream"
BROKEN_OFF = 499
"""Told where a client left before it was answered, as proxies tell it."""
UNKNOWN_ROUTE = "other"
"""One name for all that no route serves: a person who types addresses must not make new series."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE"})
UNKNOWN_METHOD = "_OTHER"  # OpenTelemetry's word for all the words that a client may invent


class RequestMetrics:
    """Around a service's routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, streams = BROKEN_OFF, False

        async def note(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = dict(message.get("headers", ()))
                streams = headers.get(b"content-type", b"").startswith(STREAM)
            await send(message)

        began = time.monotonic()
        try:
            await self._app(scope, receive, note)
        finally:
            method, route = method_of(scope), route_of(scope)
            REQUESTS.labels(method, route, str(status)).inc()
            if not streams:
                REQUEST_SECONDS.labels(method, route).observe(time.monotonic() - began)


def method_of(scope: MutableMapping[str, Any]) -> str:
    """The method, if it is one of HTTP's."""
    return scope["method"] if scope["method"] in METHODS else UNKNOWN_METHOD


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The path with its parameters' names in their values' places."""
    if not isinstance(scope.get("route"), Route):  # a Mount alone: what it holds found nothing
        return UNKNOWN_ROUTE
    path: str = scope["path"]
    begin = 0
    for name, value in scope.get("path_params", {}).items():  # in the order of the path
        found = re.compile(rf"(?<=/){re.escape(str(value))}(?=/|$)").search(path, begin)
        if found is None:  # spelt another way than its value, as capital letters in an id are
            return UNKNOWN_ROUTE
        path = f"{path[: found.start()]}{{{name}}}{path[found.end() :]}"
        begin = found.start() + len(name) + 2
    return path
