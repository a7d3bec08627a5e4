"""A span for each HTTP request, by OpenTelemetry's conventions: named by its route, below the caller's."""

from autocrea.chassis import tracing
from autocrea.chassis.request_metrics import UNKNOWN_ROUTE, method_of, route_of
from opentelemetry import propagate
from opentelemetry.trace import SpanKind
from starlette.convertors import PathConvertor
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNTRACED = ("/health/live", "/health/ready", "/metrics")
"""Asked every few seconds by machines: each would be a trace of its own that says nothing."""


class RequestSpans:
    """Around everything else, so that errors too can name their trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED:
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = method_of(scope)
        attributes = {"http.request.method": method, "url.scheme": scope.get("scheme", "http")}
        with tracing.spanned(method, SpanKind.SERVER, propagate.extract(headers), attributes) as span:

            async def note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        tracing.tell_error(span, str(message["status"]))
                await send(message)

            try:
                await self._app(scope, receive, note)
            finally:
                span.set_attribute("url.path", _path_of(scope))
                if (route := route_of(scope)) != UNKNOWN_ROUTE:
                    span.set_attribute("http.route", route)
                    span.update_name(f"{method} {route}")


def _path_of(scope: Scope) -> str:
    """The path, with its name in the place of a file's: those are chosen by whoever orders or writes an application."""
    route, path = scope.get("route"), str(scope["path"])
    for name, convertor in route.param_convertors.items() if isinstance(route, Route) else ():
        file = scope["path_params"].get(name)
        if file and isinstance(convertor, PathConvertor):
            before, _, after = path.rpartition(file)
            path = f"{before}{{{name}}}{after}"
    return path
