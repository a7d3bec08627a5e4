"""Liveness measures progress and asks nothing outside. Readiness asks database, schema, topology and consumers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from autocrea.chassis.errors import Unavailable
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

STUCK_SECONDS = 60.0  # far above any healthy batch (its statements end after 30 s)
READY_TIMEOUT_SECONDS = 3.0  # probes give up soon after

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else a sentence that says what is missing."""


class Health:
    """The probes of one process."""

    def __init__(self, stuck_seconds: Callable[[], float], checks: Mapping[str, Check]) -> None:
        self._stuck_seconds = stuck_seconds
        self._checks = checks
        self.stopping = False

    def routes(self) -> list[Route]:
        return [
            Route("/health/live", self._live),
            Route("/health/ready", self._ready),
            Route("/metrics", _metrics),
        ]

    async def _live(self, _request: Request) -> Response:
        stuck = self._stuck_seconds()
        if stuck > STUCK_SECONDS:
            return JSONResponse({"status": "stuck", "seconds": round(stuck)}, status_code=503)
        return JSONResponse({"status": "alive"})

    async def _ready(self, _request: Request) -> Response:
        answers = await self.missing()
        if self.stopping:
            answers["service"] = "it is shutting down"
        if answers:
            return JSONResponse({"status": "not ready", "missing": answers}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def missing(self) -> dict[str, str]:
        """Name what is missing, by check; empty when the service is ready."""
        names = list(self._checks)
        answers = await asyncio.gather(*(_bounded(self._checks[name]) for name in names))
        return {name: answer for name, answer in zip(names, answers, strict=True) if answer is not None}


async def _bounded(check: Check) -> str | None:
    try:
        async with asyncio.timeout(READY_TIMEOUT_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {READY_TIMEOUT_SECONDS:.0f} s"
    except Unavailable as error:
        return error.what


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
