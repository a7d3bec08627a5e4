"""The gateway's own operator routes, for the command line: pausing and resuming the intake."""

from collections.abc import Sequence

from autocrea.chassis.bodies import OperatorRequest, ReasonedRequest, read_body
from autocrea.chassis.http import require_token
from autocrea.gateway.domain.views import Pause
from autocrea.gateway.entrypoints.operation_bodies import PauseBody, Reason
from autocrea.gateway.ports import Pauses
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


class _Pause(ReasonedRequest):
    reason: Reason  # people are shown it


def routes(pauses: Pauses, token: SecretStr) -> Sequence[BaseRoute]:
    """`/operator/pause` and `/operator/resume`."""

    async def show(request: Request) -> Response:
        require_token(request, token)
        return _shown(await pauses.in_force())

    async def pause(request: Request) -> Response:
        require_token(request, token)
        asked = await read_body(request, _Pause)
        return _shown(await pauses.pause(reason=asked.reason, who=asked.who))

    async def resume(request: Request) -> Response:
        require_token(request, token)
        asked = await read_body(request, OperatorRequest)
        return JSONResponse({"resumed": await pauses.resume(who=asked.who, reason=asked.reason)})

    return [
        Route("/operator/pause", show),
        Route("/operator/pause", pause, methods=["POST"]),
        Route("/operator/resume", resume, methods=["POST"]),
    ]


def _shown(pause: Pause | None) -> Response:
    body = PauseBody.of(pause).model_dump(mode="json") if pause is not None else None
    return JSONResponse({"pause": body})
