"""A span for each HTTP request, by OpenTelemetry's conventions: named by its route, below the caller's."""

from autocrea.chassis import tracing
from autocrea.chassis.request_metrics import UNKNOWN_ROUTE, method_of, route_of
from opentelemetry import propagate
from opentelemetry.trace import SpanKind
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
        scheme = scope.get("scheme", "http")
        attributes = {"http.request.method": method, "url.path": scope["path"], "url.scheme": scheme}
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
                if (route := route_of(scope)) != UNKNOWN_ROUTE:
                    span.set_attribute("http.route", route)
                    span.update_name(f"{method} {route}")
