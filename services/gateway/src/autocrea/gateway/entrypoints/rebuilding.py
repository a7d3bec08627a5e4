"""The operator route by which the projections are made anew, for `autocrea gateway rebuild`."""

import time
from collections.abc import Sequence
from dataclasses import replace

from autocrea.chassis.bodies import OperatorRequest, read_body
from autocrea.chassis.handlers import OperatorAction
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
ANSWER_SECONDS = (
    10.0  # then it is told how far it came: some thousands of generations, and nobody waits in doubt
)


class _Asked(OperatorRequest):
    after: GenerationId | None = None  # `next` of the answer before


def routes(projections: Projections, transact: Transact, token: SecretStr) -> Sequence[BaseRoute]:
    """`/operator/projections/rebuild`, to be asked until `next` is null."""

    async def rebuild(request: Request) -> Response:
        require_token(request, token)
        asked = await read_body(request, _Asked)
        last = asked.after
        about = {"after": str(last)} if last is not None else {}
        action = OperatorAction(asked.who, "rebuild_projections", "generations", asked.reason, about)
        begun = replace(action, outcome="begun")
        if last is None:
            await projections.expect_again([event.type for event in GENERATION_EVENTS], begun)
        else:
            await projections.note(begun)
        until = time.monotonic() + ANSWER_SECONDS
        total = changed = 0
        while page := await projections.list_generations(last, GENERATIONS_AT_ONCE):
            command = RebuildGenerations(page)
            changed += await transact(command.keys(), command.decide)
            total, last = total + len(page), page[-1][1]
            if time.monotonic() >= until:
                break
        made = {"generations": total, "changed": changed, "next": str(last) if page else None}
        await projections.note(replace(action, details={**about, **made}))
        return JSONResponse(made)

    return [Route("/operator/projections/rebuild", rebuild, methods=["POST"])]
