"""Billing's internal API: the lines of a person's ledger."""

from urllib.parse import quote

from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import InternalClient
from autocrea.contracts.ids import UserId
from autocrea.contracts.internal import LEDGER_PATH, LedgerPage


class BillingLedger:
    """Reads pages over HTTP; raises `Unavailable`."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client

    async def read(self, user_id: UserId, *, before: int | None, limit: int) -> LedgerPage:
        parameters = {"limit": str(limit)} | ({"before": str(before)} if before is not None else {})
        path = LEDGER_PATH.format(user_id=quote(user_id, safe=""))
        try:
            response = await self._client.request("GET", path, params=parameters)
        except Refused as error:
            if error.code == "not_found":  # a person whom billing has not met yet
                return LedgerPage(entries=(), next_before=None)
            raise Unavailable(f"billing refuses the gateway ({error.code})") from error
        return LedgerPage.model_validate_json(response.content)
