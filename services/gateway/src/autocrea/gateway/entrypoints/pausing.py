"""The gateway's own operator routes, for the command line: pausing and resuming the intake."""

from collections.abc import Sequence
from typing import TypeVar

from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.gateway.domain.views import Pause
from autocrea.gateway.entrypoints.operation_bodies import PauseBody, ReasonRequest
from autocrea.gateway.ports import Pauses
from pydantic import BaseModel, Field, SecretStr, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

B = TypeVar("B", bound=BaseModel)


class _Resume(BaseModel):
    who: str = Field(min_length=1, max_length=200)


class _Pause(_Resume, ReasonRequest):
    pass


def routes(pauses: Pauses, token: SecretStr) -> Sequence[BaseRoute]:
    """`/operator/pause` and `/operator/resume`."""

    async def show(request: Request) -> Response:
        require_token(request, token)
        return _shown(await pauses.in_force())

    async def pause(request: Request) -> Response:
        require_token(request, token)
        asked = await _read(request, _Pause)
        return _shown(await pauses.pause(reason=asked.reason, who=asked.who))

    async def resume(request: Request) -> Response:
        require_token(request, token)
        asked = await _read(request, _Resume)
        return JSONResponse({"resumed": await pauses.resume(who=asked.who)})

    return [
        Route("/operator/pause", show),
        Route("/operator/pause", pause, methods=["POST"]),
        Route("/operator/resume", resume, methods=["POST"]),
    ]


async def _read(request: Request, model: type[B]) -> B:
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        names = sorted({str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()})
        raise Refused("invalid_request", f"not as expected: {', '.join(names)}", status=422) from error


def _shown(pause: Pause | None) -> Response:
    body = PauseBody.of(pause).model_dump(mode="json") if pause is not None else None
    return JSONResponse({"pause": body})
