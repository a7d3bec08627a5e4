"""Routes of the caller's own account: who they are, what they have, what moved it."""

from typing import Annotated

from autocrea.contracts.internal import LEDGER_PAGE_MAX
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import BalanceBody, LedgerBody, MeBody
from autocrea.gateway.entrypoints.requests import PAGE_DEFAULT, errors
from fastapi import APIRouter, Query

router = APIRouter(tags=["account"])


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
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="`next_before` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LEDGER_PAGE_MAX)] = PAGE_DEFAULT,
) -> LedgerBody:
    """Asked of billing, which owns it."""
    page = await gateway.ledger.read(caller.user_id, before=before, limit=limit)
    return LedgerBody(entries=page.entries, next_before=page.next_before)
