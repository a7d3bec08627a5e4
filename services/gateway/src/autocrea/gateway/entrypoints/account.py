"""Routes of the caller's own account: who they are, what they have, what moved it."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from autocrea.contracts.ids import GenerationId
from autocrea.contracts.internal import LEDGER_PAGE_MAX, LedgerPage
from autocrea.gateway.domain.file_names import attachment
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.entrypoints import ledger_table
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import BalanceBody, LedgerBody, MeBody
from autocrea.gateway.entrypoints.requests import PAGE_DEFAULT, errors
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway, LedgerFilter
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

router = APIRouter(tags=["account"])


def get_filter(
    generation_id: Annotated[UUID | None, Query(description="Those of one generation only.")] = None,
    step: Annotated[str | None, Query(max_length=64, description="And of one of its steps.")] = None,
) -> LedgerFilter:
    """Which lines are wanted; raises `Refused` for a step without its generation."""
    if step is not None and generation_id is None:
        raise refused("invalid_request", problems="generation_id")
    return LedgerFilter(GenerationId(generation_id) if generation_id is not None else None, step)


Wanted = Annotated[LedgerFilter, Depends(get_filter)]


@router.get("/me", summary="Who you are", responses=errors())
async def get_me(gateway: Wired, caller: Caller) -> MeBody:
    """As the session token says, with the balance."""
    return MeBody(
        user_id=caller.user_id,
        email=caller.email,
        email_verified=caller.email_verified,
        name=caller.name,
        role=caller.role,
        balance=BalanceBody.of(await gateway.read_model.get_balance(caller.user_id)),
    )


@router.get("/tokens/balance", summary="Your tokens", responses=errors())
async def get_balance(gateway: Wired, caller: Caller) -> BalanceBody:
    """As billing told them last."""
    return BalanceBody.of(await gateway.read_model.get_balance(caller.user_id))


@router.get("/tokens/ledger", summary="What moved your tokens", responses=errors())
async def read_ledger(
    gateway: Wired,
    caller: Caller,
    wanted: Wanted,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="`next_before` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LEDGER_PAGE_MAX)] = PAGE_DEFAULT,
) -> LedgerBody:
    """Asked of billing, which owns it."""
    page = await gateway.ledger.read(caller.user_id, wanted, before=before, limit=limit)
    return LedgerBody(entries=page.entries, next_before=page.next_before)


@router.get(
    "/tokens/ledger.csv",
    summary="What moved your tokens, as a table",
    response_class=Response,
    responses={
        **errors(),
        200: {"content": {"text/csv": {}}, "description": "Every line, the newest first."},
    },
)
async def export_ledger(gateway: Wired, caller: Caller, wanted: Wanted) -> Response:
    """All lines, or those of a generation or step. `available` is what the line did to the tokens you can spend."""
    first = await gateway.ledger.read(caller.user_id, wanted, before=None, limit=LEDGER_PAGE_MAX)
    headers = {"Content-Disposition": attachment("tokens.csv"), "Cache-Control": "private, no-store"}
    rows = _csv(gateway, caller, wanted, first)
    return StreamingResponse(rows, headers=headers, media_type="text/csv; charset=utf-8")


async def _csv(
    gateway: Gateway, caller: Identity, wanted: LedgerFilter, page: LedgerPage
) -> AsyncIterator[str]:
    yield ledger_table.heading()
    while True:
        yield ledger_table.rows(page.entries)
        if page.next_before is None:
            return
        page = await gateway.ledger.read(
            caller.user_id, wanted, before=page.next_before, limit=LEDGER_PAGE_MAX
        )
