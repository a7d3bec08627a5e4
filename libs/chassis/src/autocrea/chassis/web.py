"""The HTTP server of a service: its own routes beside health, metrics and the operator's."""

import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from autocrea.chassis import http
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.request_metrics import RequestMetrics
from autocrea.chassis.request_spans import RequestSpans
from autocrea.chassis.settings import ServiceSettings
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

GRACE_SECONDS = 5  # for requests that are open at the end; streams end before, they watch `stopping`

KEEP_ALIVE_SECONDS = 75
"""Whoever keeps idle connections for reuse, a proxy (60 s is usual) or `InternalClient`, gives one up before we close
it: a request that meets the closing is lost, and nobody knows whether it was handled."""

UNREAD_SECONDS_MAX = 60
"""A peer that takes nothing of what was written to it for so long is given up by the kernel, with what it held."""


class Server(uvicorn.Server):
    """Leaves the signals to the process, and peers that stopped reading to the kernel."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        timeout = getattr(
            socket, "TCP_USER_TIMEOUT", None
        )  # Linux has it; elsewhere the peers' own limits count
        listening = [one for server in getattr(self, "servers", ()) for one in server.sockets]
        for one in listening if timeout is not None else ():
            one.setsockopt(socket.IPPROTO_TCP, timeout, UNREAD_SECONDS_MAX * 1000)  # accepted ones inherit it

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(routes: Sequence[BaseRoute]) -> ASGIApp:
    """The routes with what every answer has. The trace is outermost, so that errors too can name it."""
    app = Starlette(
        routes=list(routes),
        exception_handlers={
            Refused: http.on_refused,
            Unavailable: http.on_unavailable,
            Exception: http.on_bug,
        },
    )
    return RequestSpans(http.SecurityHeaders(RequestMetrics(app)))


def build_server(settings: ServiceSettings, routes: Sequence[BaseRoute]) -> Server:
    """A server that is not started yet."""
    config = uvicorn.Config(
        application(routes),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )
    return Server(config)
