"""What an operator asks about one generation; nothing a person wrote is in the answer."""

from uuid import UUID

from autocrea.chassis.database import Database
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.contracts.ids import GenerationId
from autocrea.orchestrator.adapters.repository import SagaRepository
from autocrea.orchestrator.domain.saga import Saga, Step
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class StoryRoute:
    """`GET /operator/story/{generation_id}`: how a generation and its steps stand."""

    def __init__(self, token: SecretStr, database: Database, repository: SagaRepository) -> None:
        self._token = token
        self._database = database
        self._repository = repository

    def routes(self) -> list[Route]:
        return [Route("/operator/story/{generation_id:uuid}", self._show)]

    async def _show(self, request: Request) -> Response:
        require_token(request, self._token)
        generation_id: UUID = request.path_params["generation_id"]
        async with self._database.connection() as connection:
            saga = await self._repository.read(connection, GenerationId(generation_id))
        if saga is None:
            raise Refused("not_found", f"there is no generation {generation_id}", status=404)
        return JSONResponse(_story(saga))


def _story(saga: Saga) -> dict[str, object]:
    order = saga.order
    return {
        "generation_id": str(saga.generation_id),
        "state": saga.state,
        "run": saga.run,
        "sequence": saga.sequence,
        "erased": saga.erased,
        "pipeline": order.pipeline if order else None,
        "pipeline_digest": order.pipeline_digest if order else None,
        "fault": saga.settlement.fault if saga.settlement else None,
        "steps": [_step(step) for step in saga.steps],
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "step": step.name,
        "state": step.state,
        "run": step.run,
        "attempt": step.attempt,
        "cap_tokens": step.cap_tokens,
        "charge_tokens": step.charge_tokens,
        "net_tokens": step.net_tokens,
        "absorbed_tokens": step.absorbed_tokens,
        "warnings": step.warnings,
        "omitted_files": list(step.omitted),
    }
