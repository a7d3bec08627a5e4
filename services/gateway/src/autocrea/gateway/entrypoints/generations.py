"""Routes of generations: ask for one, look at it, stop it, take it up again."""

import json
from typing import Annotated
from uuid import UUID, uuid4

from autocrea.contracts.ids import GenerationId, ProjectId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.views import GenerationView, Position
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import Page
from autocrea.gateway.entrypoints.generation_bodies import Accepted, CancelAccepted, GenerationBody, StepBody
from autocrea.gateway.entrypoints.intake import find_refusal
from autocrea.gateway.entrypoints.request_bodies import GenerateRequest, RetryRequest
from autocrea.gateway.entrypoints.requests import (
    PAGE_DEFAULT,
    Cursor,
    IdempotencyKey,
    Limit,
    Spoken,
    errors,
    next_cursor,
)
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.handlers.request_cancellation import RequestCancellation
from autocrea.gateway.handlers.request_generation import RequestGeneration
from autocrea.gateway.handlers.request_retry import RequestRetry
from autocrea.gateway.ports import Gateway
from fastapi import APIRouter, Query, Response

MEANS = (
    "insufficient_tokens",
    "receivable_open",
    "too_many_generations",
    "absorption_capped",
    "quote_changed",
)
"""What may stand against a run of a known price."""

router = APIRouter(tags=["generations"])


@router.post(
    "/generate",
    status_code=202,
    summary="Ask for an application",
    responses=errors(
        *MEANS,
        "not_found",
        "idempotency_key_reused",
        "unknown_pipeline",
        "unknown_model",
        "project_full",
        "busy",
        "paused",
    ),
)
async def generate(
    body: GenerateRequest,
    response: Response,
    gateway: Wired,
    caller: Caller,
    language: Spoken,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Committed when answered: the generation will have exactly one end, whatever breaks in between."""
    project_id = ProjectId(body.project_id or uuid4())
    # What was seen of the price is no part of what is asked for: repeated, it is the same request.
    request = body.model_dump_json(by_alias=True, exclude={"quote_tokens"})
    command = RequestGeneration(
        identity=caller,
        repeatable=Repeatable.of(caller.user_id, idempotency_key, "generate", request),
        generation_id=GenerationId(uuid4()),
        project_id=project_id,
        new_project_name=body.project_name if body.project_id is None else None,
        prompt=body.prompt,
        language=language,
        pipeline=body.pipeline,
        model_preference=body.model_preference,
        shown_tokens=body.quote_tokens,
        open_generations_max=gateway.options.open_generations_max,
        closed=await find_refusal(gateway),
    )
    accepted = Accepted.model_validate(await gateway.transact(command.keys(), command.decide))
    response.headers["Location"] = f"/api/generations/{accepted.generation_id}"
    return accepted


@router.get("/generations", summary="Your generations")
async def list_generations(
    gateway: Wired,
    caller: Caller,
    language: Spoken,
    after: Cursor,
    project_id: Annotated[UUID | None, Query(description="Those of one project only.")] = None,
    limit: Limit = PAGE_DEFAULT,
) -> Page[GenerationBody]:
    """The newest first, without their steps."""
    project = ProjectId(project_id) if project_id is not None else None
    views = await gateway.read_model.list_generations(
        caller.user_id, project_id=project, limit=limit, after=after
    )
    last = Position(views[-1].created_at, views[-1].generation.generation_id) if views else None
    return Page(
        items=[GenerationBody.of(view, language) for view in views],
        next_cursor=next_cursor(views, limit, last),
    )


@router.get("/generations/{generation_id}", summary="One generation", responses=errors("not_found"))
async def get_generation(
    generation_id: UUID, gateway: Wired, caller: Caller, language: Spoken
) -> GenerationBody:
    """As its feed has told it up to `sequence`."""
    view = await own_view(gateway, caller, generation_id)
    steps = await gateway.read_model.list_steps(view.generation.generation_id)
    return GenerationBody.of(view, language, [StepBody.of(step, language) for step in steps])


@router.get("/generations/{generation_id}/steps", summary="Its steps", responses=errors("not_found"))
async def list_steps(generation_id: UUID, gateway: Wired, caller: Caller, language: Spoken) -> list[StepBody]:
    """In pipeline order; empty until the run has started."""
    view = await own_view(gateway, caller, generation_id)
    steps = await gateway.read_model.list_steps(view.generation.generation_id)
    return [StepBody.of(step, language) for step in steps]


@router.post(
    "/generations/{generation_id}/cancel",
    status_code=202,
    summary="Stop it",
    responses=errors("not_found", "already_terminal"),
)
async def cancel(generation_id: UUID, gateway: Wired, caller: Caller) -> CancelAccepted:
    """Asking twice is asking once; `409 already_terminal` when it has ended."""
    command = RequestCancellation(caller, GenerationId(generation_id))
    return CancelAccepted.of(await gateway.transact(command.keys(), command.decide))


@router.post(
    "/generations/{generation_id}/retry",
    status_code=202,
    summary="Take it up again",
    responses=errors(*MEANS, "not_found", "idempotency_key_reused", "not_retryable", "busy", "paused"),
)
async def retry(
    generation_id: UUID,
    gateway: Wired,
    caller: Caller,
    body: RetryRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """The next run, from the first unfinished step, for at most what `retry` of the generation says."""
    request = json.dumps({"generation_id": str(generation_id)})
    command = RequestRetry(
        identity=caller,
        repeatable=Repeatable.of(caller.user_id, idempotency_key, "retry", request),
        generation_id=GenerationId(generation_id),
        shown_tokens=body.quote_tokens if body is not None else None,
        open_generations_max=gateway.options.open_generations_max,
        closed=await find_refusal(gateway),
    )
    return Accepted.model_validate(await gateway.transact(command.keys(), command.decide))


async def own_view(gateway: Gateway, caller: Identity, generation_id: UUID) -> GenerationView:
    """The caller's generation; raises `Refused`."""
    view = await gateway.read_model.get_generation(caller.user_id, GenerationId(generation_id))
    if view is None:
        raise refused("not_found")
    return view
