"""The operator route by which the projections are made anew, for `autocrea gateway rebuild`."""

import logging
import time
from collections.abc import Sequence

from autocrea.chassis.http import require_token
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.entrypoints.messages import GENERATION_EVENTS
from autocrea.gateway.entrypoints.requests import read_body
from autocrea.gateway.handlers.rebuild_generations import RebuildGenerations
from autocrea.gateway.ports import Projections, Transact
from pydantic import BaseModel, SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

GENERATIONS_AT_ONCE = 20  # locked together with their people, for some ten milliseconds
ANSWER_SECONDS = (
    10.0  # then it is told how far it came: some thousands of generations, and nobody waits in doubt
)

log = logging.getLogger(__name__)


class _Asked(BaseModel):
    who: str = "operator"
    after: GenerationId | None = None  # `next` of the answer before


def routes(projections: Projections, transact: Transact, token: SecretStr) -> Sequence[BaseRoute]:
    """`/operator/projections/rebuild`, to be asked until `next` is null."""

    async def rebuild(request: Request) -> Response:
        require_token(request, token)
        asked = await read_body(request, _Asked)
        last = asked.after
        if last is None:
            log.info("an operator has the projections made anew", extra={"who": asked.who})
            await projections.expect_again([event.type for event in GENERATION_EVENTS])
        until = time.monotonic() + ANSWER_SECONDS
        total = changed = 0
        while page := await projections.list_generations(last, GENERATIONS_AT_ONCE):
            command = RebuildGenerations(page)
            changed += await transact(command.keys(), command.decide)
            total, last = total + len(page), page[-1][1]
            if time.monotonic() >= until:
                break
        following = str(last) if page else None
        return JSONResponse({"generations": total, "changed": changed, "next": following})

    return [Route("/operator/projections/rebuild", rebuild, methods=["POST"])]
