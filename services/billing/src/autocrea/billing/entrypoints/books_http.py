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
from autocrea.chassis.bodies import OperatorRequest, read_body
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import OperatorAction
from autocrea.chassis.http import require_token
from pydantic import ConfigDict, Field, JsonValue, SecretStr
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOURS_DEFAULT, HOURS_MAX = 72, 168  # Stripe delivers for 72 hours; the history keeps a week


class Asked(OperatorRequest):
    """Who asks, why, and how far back; the body of each of these requests."""

    model_config = ConfigDict(extra="forbid")

    hours: Annotated[float, Field(gt=0, le=HOURS_MAX)] = HOURS_DEFAULT


class BooksHttp:
    """`POST /operator/reconcile`, `/operator/retell`, `/operator/purchases/{name}` with the operator's token.

    POST, because each is written down as an operator's action.
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
        await self._note(asked, "reconcile", "books", hours=asked.hours, differences=len(found))
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
        found = None if "\0" in name else await self._purchases.file(name)  # PostgreSQL knows no such text
        if found is None:
            raise Refused("not_found", f"there is no purchase {name[:80]}", status=404)
        await self._note(asked, "show_purchase", name)
        return JSONResponse(to_jsonable_python(found))

    async def _note(self, asked: Asked, action: str, target: str, **details: JsonValue) -> None:
        done = OperatorAction(asked.who, action, target, asked.reason, details)
        await self._transact((), partial(note_deed.decide, done))

    async def _asked(self, request: Request) -> Asked:
        require_token(request, self._operator_token)
        return await read_body(request, Asked)

    def _since(self, asked: Asked) -> datetime:
        return self._clock() - timedelta(hours=asked.hours)
