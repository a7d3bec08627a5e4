"""The route by which a person leaves."""

from autocrea.gateway.entrypoints.authentication import AccountHolder, Wired
from autocrea.gateway.handlers.delete_account import DeleteAccount
from fastapi import APIRouter

router = APIRouter(tags=["account"])


@router.delete("/me", status_code=204, summary="Erase everything of yours")
async def delete_me(gateway: Wired, caller: AccountHolder) -> None:
    """For good: every project with its texts and files, your feed, your keys. Amounts stay in the ledger, under the
    identity issuer's name for you, which is all that is known of you here."""
    command = DeleteAccount(caller)
    await gateway.transact(command.keys(), command.decide)
