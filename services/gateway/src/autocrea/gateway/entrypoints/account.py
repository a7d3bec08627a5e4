"""Routes of the caller's own account: who they are, what they have, what moved it."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from autocrea.contracts.downloads import attachment
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.internal import LEDGER_PAGE_MAX, LedgerEntry, LedgerPage
from autocrea.contracts.vocabulary import ChangeKind
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.entrypoints import ledger_table
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import BalanceBody, MeBody, Page
from autocrea.gateway.entrypoints.requests import PAGE_DEFAULT, CursorText, make_cursor, open_cursor
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway, LedgerFilter
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

LINE_DIGITS_MAX = 18  # a line of the ledger is counted in 63 bits

router = APIRouter(tags=["account"])


async def get_filter(
    generation_id: Annotated[UUID | None, Query(description="Those of one generation only.")] = None,
    step: Annotated[StepName | None, Query(description="And of one of its steps.")] = None,
    kind: Annotated[ChangeKind | None, Query(description="Those of one kind only.")] = None,
) -> LedgerFilter:
    """Which lines are wanted; raises `Refused` for a step without its generation."""
    if step is not None and generation_id is None:
        raise refused("invalid_request", problems="generation_id")
    return LedgerFilter(GenerationId(generation_id) if generation_id is not None else None, step, kind)


Wanted = Annotated[LedgerFilter, Depends(get_filter)]


@router.get("/me", summary="Who you are")
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


@router.get("/tokens/balance", summary="Your tokens")
async def get_balance(gateway: Wired, caller: Caller) -> BalanceBody:
    """As billing told them last."""
    return BalanceBody.of(await gateway.read_model.get_balance(caller.user_id))


@router.get("/tokens/ledger", summary="What moved your tokens")
async def read_ledger(
    gateway: Wired,
    caller: Caller,
    wanted: Wanted,
    cursor: CursorText = None,
    limit: Annotated[int, Query(ge=1, le=LEDGER_PAGE_MAX, description="How many at most.")] = PAGE_DEFAULT,
) -> Page[LedgerEntry]:
    """The newest line first; asked of billing, which owns it."""
    before = _line(cursor) if cursor is not None else None
    page = await gateway.ledger.read(caller.user_id, wanted, before=before, limit=limit)
    following = make_cursor("line", page.next_before) if page.next_before is not None else None
    return Page(items=list(page.entries), next_cursor=following)


@router.get(
    "/tokens/ledger.csv",
    summary="What moved your tokens, as a table",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}}, "description": "Every line, the newest first."},
    },
)
async def export_ledger(gateway: Wired, caller: Caller, wanted: Wanted) -> Response:
    """All lines, or those of a generation, step or kind. `available`: what the line did to the tokens at hand."""
    first = await gateway.ledger.read(caller.user_id, wanted, before=None, limit=LEDGER_PAGE_MAX)
    headers = {"Content-Disposition": attachment("tokens.csv"), "Cache-Control": "private, no-store"}
    rows = _csv(gateway, caller, wanted, first)
    return StreamingResponse(rows, headers=headers, media_type="text/csv; charset=utf-8")


def _line(cursor: str) -> int:
    name, line = open_cursor(cursor)
    if name != "line" or not line.isascii() or not line.isdigit() or not 0 < len(line) <= LINE_DIGITS_MAX:
        raise refused("invalid_request", problems="cursor")
    return int(line)


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
