"""Routes of *Operaciones*, for the role operator: looking at everything, and the few things an operator does here.

Whatever is done carries the operator's name and a reason, and stays with the row that it changed.
"""

from typing import Annotated, Literal
from uuid import UUID

from autocrea.contracts.ids import UserId
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.message import Service
from autocrea.gateway.domain.catalogue import CatalogueKind
from autocrea.gateway.domain.generation import Status
from autocrea.gateway.domain.operations import GenerationFilter, Resolution
from autocrea.gateway.domain.views import Position
from autocrea.gateway.entrypoints.authentication import Operator, Wired
from autocrea.gateway.entrypoints.bodies import Page
from autocrea.gateway.entrypoints.operation_bodies import (
    ActionsBody,
    DeadLettersBody,
    OperatedGenerationBody,
    PauseBody,
    ProviderBody,
    QueueBody,
    ReasonRequest,
    WholeDeadLetterBody,
    WorkBody,
)
from autocrea.gateway.entrypoints.requests import (
    PAGE_DEFAULT,
    SEARCHABLE,
    Cursor,
    Limit,
    PlaceCursor,
    errors,
    next_cursor,
)
from autocrea.gateway.handlers.refusals import refused
from fastapi import APIRouter, Depends, Query, Response

router = APIRouter(prefix="/operations", tags=["operations"])


async def get_filter(
    status: Annotated[Status | None, Query(description="Those that stand like this.")] = None,
    user_id: Annotated[
        str | None, Query(max_length=200, pattern=SEARCHABLE, description="Those of one person.")
    ] = None,
    fault: Annotated[
        str | None, Query(pattern=r"^[a-z_]{1,64}$", description="Those that ended with this fault.")
    ] = None,
) -> GenerationFilter:
    """Which generations are wanted."""
    return GenerationFilter(status, UserId(user_id) if user_id is not None else None, fault)


@router.get("/generations", summary="Everybody's generations", responses=errors("operators_only"))
async def list_operated_generations(
    gateway: Wired,
    _operator: Operator,
    wanted: Annotated[GenerationFilter, Depends(get_filter)],
    after: Cursor,
    limit: Limit = PAGE_DEFAULT,
) -> Page[OperatedGenerationBody]:
    """The newest first, without what was asked for."""
    found = await gateway.operations.read_model.list_generations(wanted, limit=limit, after=after)
    last = Position(found[-1].created_at, found[-1].generation_id) if found else None
    return Page(
        items=[OperatedGenerationBody.of(one) for one in found], next_cursor=next_cursor(found, limit, last)
    )


@router.get("/work", summary="What waits", responses=errors("operators_only"))
async def get_work(gateway: Wired, _operator: Operator) -> WorkBody:
    """The broker's queues with their consumers, and every service's jobs."""
    depths = await gateway.operations.queues.depths()
    jobs = await gateway.operations.services.jobs()
    return WorkBody.of([QueueBody.of(depth) for depth in depths], list(jobs))


@router.get("/providers", summary="The models' providers", responses=errors("operators_only"))
async def list_providers(gateway: Wired, _operator: Operator) -> list[ProviderBody]:
    """As their breakers stand, with the calls of steps that ended in the last hour."""
    catalogues = await gateway.read_model.list_catalogues([CatalogueKind.PROVIDER])
    told = {(one.provider, one.model): one for one in await gateway.operations.read_model.call_statistics()}
    statuses = (entry.published for entry in catalogues)
    return [
        ProviderBody.of(status, told.get((status.provider, status.model)))
        for status in statuses
        if isinstance(status, ProviderStatusChanged)
    ]


@router.get("/dead-letters", summary="What could not be handled", responses=errors("operators_only"))
async def list_dead_letters(
    gateway: Wired,
    _operator: Operator,
    resolved: Annotated[bool, Query(description="Also those that somebody has resolved.")] = False,
) -> DeadLettersBody:
    """The newest 200 of each service, without bodies."""
    return DeadLettersBody.of(list(await gateway.operations.services.dead_letters(resolved=resolved)))


@router.get(
    "/dead-letters/{service}/{letter_id}",
    summary="One of them, whole",
    responses=errors("operators_only", "not_found"),
)
async def get_dead_letter(
    service: Service, letter_id: UUID, gateway: Wired, _operator: Operator
) -> WholeDeadLetterBody:
    """With its body and the traceback."""
    letter = await gateway.operations.services.dead_letter(service.value, letter_id)
    return WholeDeadLetterBody.told(service.value, letter)


@router.post(
    "/dead-letters/{service}/{letter_id}/{verb}",
    status_code=204,
    summary="Handle it again, or close it",
    responses=errors("operators_only", "not_found", "already_resolved", "replay_failed", "not_decodable"),
)
async def resolve_dead_letter(
    service: Service,
    letter_id: UUID,
    verb: Literal["replay", "discard"],
    body: ReasonRequest,
    gateway: Wired,
    operator: Operator,
) -> Response:
    """Applied at most once; who did it and why stays with it."""
    resolution = Resolution(service.value, letter_id, verb, operator.user_id, body.reason)
    await gateway.operations.services.resolve(resolution)
    return Response(status_code=204)


@router.get("/actions", summary="What operators did", responses=errors("operators_only"))
async def list_actions(
    gateway: Wired,
    _operator: Operator,
    after: PlaceCursor,
    limit: Limit = PAGE_DEFAULT,
) -> ActionsBody:
    """In all services, the newest first: who, what, to what, why. Nobody can change it."""
    told = await gateway.operations.services.actions(limit=limit, after=after)
    return ActionsBody.of(list(told), limit)


@router.get("/pauses", summary="When the intake was paused", responses=errors("operators_only"))
async def list_pauses(gateway: Wired, _operator: Operator) -> list[PauseBody]:
    """The newest fifty, with who and why; the one in force has no end."""
    return [PauseBody.of(pause) for pause in await gateway.pauses.history()]


@router.put("/pause", summary="Take no new generations", responses=errors("operators_only"))
async def pause_intake(body: ReasonRequest, gateway: Wired, operator: Operator) -> PauseBody:
    """`503 paused` with the reason from now on; what runs goes on. Paused again, the new reason counts."""
    return PauseBody.of(await gateway.pauses.pause(reason=body.reason, who=operator.user_id))


@router.delete(
    "/pause", status_code=204, summary="Take them again", responses=errors("operators_only", "not_found")
)
async def resume_intake(gateway: Wired, operator: Operator) -> Response:
    """404 when nothing is paused."""
    if not await gateway.pauses.resume(who=operator.user_id):
        raise refused("not_found")
    return Response(status_code=204)
