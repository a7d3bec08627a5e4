"""The operator route by which the projections are made anew, for `autocrea gateway rebuild`."""

from collections.abc import Sequence

from autocrea.chassis.http import require_token
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.entrypoints.messages import GENERATION_EVENTS
from autocrea.gateway.handlers.rebuild_generations import RebuildGenerations
from autocrea.gateway.ports import Projections, Transact
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

GENERATIONS_AT_ONCE = 20  # locked together with their people, for some ten milliseconds


def routes(projections: Projections, transact: Transact, token: SecretStr) -> Sequence[BaseRoute]:
    """`/operator/projections/rebuild`."""

    async def rebuild(request: Request) -> Response:
        require_token(request, token)
        await projections.expect_again([event.type for event in GENERATION_EVENTS])
        total = changed = 0
        last: GenerationId | None = None
        while page := await projections.list_generations(last, GENERATIONS_AT_ONCE):
            command = RebuildGenerations(page)
            changed += await transact(command.keys(), command.decide)
            total, last = total + len(page), page[-1][1]
        return JSONResponse({"generations": total, "changed": changed})

    return [Route("/operator/projections/rebuild", rebuild, methods=["POST"])]
