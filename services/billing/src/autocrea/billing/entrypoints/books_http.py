"""What an operator asks of the books: to compare them, to look at a purchase, to tell again after a restore."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from autocrea.billing.handlers import note_deed, retell
from autocrea.billing.handlers.reconcile import Reconcile
from autocrea.billing.handlers.retell import Retelling
from autocrea.billing.ports import History, PurchaseFiles, Transact
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOURS_DEFAULT, HOURS_MAX = 72, 168  # Stripe delivers for 72 hours; the history keeps a week

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Asked(BaseModel):
    """Who asks, why, and how far back; the body of each of these requests."""

    model_config = ConfigDict(extra="forbid")

    who: Text = "operator"
    reason: Text | None = None
    hours: Annotated[float, Field(gt=0, le=HOURS_MAX)] = HOURS_DEFAULT


class BooksHttp:
    """`POST /operator/reconcile`, `/operator/retell`, `/operator/purchases/{name}` with the operator's token.

    POST, because each is written to the audit table.
    """

    def __init__(
        self,
        reconcile: Reconcile,
        history: History,
        purchases: PurchaseFiles,
        transact: Transact,
        clock: Callable[[], datetime],
        operator_token: SecretStr,
    ) -> None:
        self._reconcile = reconcile
        self._history = history
        self._purchases = purchases
        self._transact = transact
        self._clock = clock
        self._operator_token = operator_token

    def routes(self) -> list[Route]:
        return [
            Route("/operator/reconcile", self._compare, methods=["POST"]),
            Route("/operator/retell", self._retell, methods=["POST"]),
            Route("/operator/purchases/{name}", self._show, methods=["POST"]),
        ]

    async def _compare(self, request: Request) -> Response:
        asked = await self._asked(request)
        found = await self._reconcile.differences(self._since(asked))
        await self._note(asked, "reconcile", f"{len(found)} differences")
        return JSONResponse({"differences": [asdict(difference) for difference in found]})

    async def _retell(self, request: Request) -> Response:
        asked = await self._asked(request)
        if asked.reason is None:
            raise Refused("invalid_request", "`reason` must say something", status=422)
        parts = [told async for told in self._history.told(self._since(asked))]
        retelling = Retelling(retell.above_all(parts), asked.who, asked.reason)
        behind = await self._transact(retell.rows(retelling), partial(retell.decide, retelling))
        return JSONResponse({"retold": behind})

    async def _show(self, request: Request) -> Response:
        asked = await self._asked(request)
        name = request.path_params["name"]
        found = await self._purchases.file(name)
        if found is None:
            raise Refused("not_found", f"there is no purchase {name[:80]}", status=404)
        await self._note(asked, "show_purchase", name)
        return JSONResponse(to_jsonable_python(found))

    async def _note(self, asked: Asked, action: str, subject: str) -> None:
        await self._transact((), partial(note_deed.decide, asked.who, action, subject, asked.reason))

    async def _asked(self, request: Request) -> Asked:
        require_token(request, self._operator_token)
        try:
            return Asked.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            places = ", ".join(".".join(map(str, fault["loc"])) or "body" for fault in error.errors())
            raise Refused("invalid_request", f"look at {places}", status=422) from error

    def _since(self, asked: Asked) -> datetime:
        return self._clock() - timedelta(hours=asked.hours)
