"""What the gateway asks of purchases while a person waits."""

from uuid import UUID

from autocrea.billing.handlers.read_purchase import ReadPurchase
from autocrea.billing.handlers.start_purchase import StartPurchase
from autocrea.billing.ports import Purchases
from autocrea.chassis.bodies import read_body
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.internal import PURCHASE_PAGE_MAX, PURCHASE_PATH, PURCHASES_PATH, NewPurchase
from pydantic import BaseModel, SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE_DEFAULT = 20


class PurchasesHttp:
    """`PURCHASES_PATH` and `PURCHASE_PATH`, with the gateway's token."""

    def __init__(
        self, start: StartPurchase, read: ReadPurchase, purchases: Purchases, gateway_token: SecretStr
    ) -> None:
        self._start = start
        self._read = read
        self._purchases = purchases
        self._gateway_token = gateway_token

    def routes(self) -> list[Route]:
        return [
            Route(PURCHASES_PATH, self._page, methods=["GET"]),
            Route(PURCHASES_PATH, self._begin, methods=["POST"]),
            Route(PURCHASE_PATH, self._one, methods=["GET"]),
        ]

    async def _page(self, request: Request) -> Response:
        user_id = self._user(request)
        before = request.query_params.get("before")
        limit = min(int(_digits(request.query_params.get("limit", str(PAGE_DEFAULT)))), PURCHASE_PAGE_MAX)
        position = _purchase_id(before) if before is not None else None
        return _json(await self._purchases.page(user_id, before=position, limit=limit))

    async def _begin(self, request: Request) -> Response:
        user_id = self._user(request)
        wanted = await read_body(request, NewPurchase)
        return _json(await self._start.start(user_id, wanted), status=201)

    async def _one(self, request: Request) -> Response:
        user_id = self._user(request)
        return _json(await self._read.read(user_id, _purchase_id(request.path_params["purchase_id"])))

    def _user(self, request: Request) -> UserId:
        require_token(request, self._gateway_token)
        return UserId(request.path_params["user_id"])


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise Refused("invalid_request", "`limit` must be a positive whole number", status=422)
    return text


def _purchase_id(text: str) -> PurchaseId:
    try:
        return PurchaseId(UUID(text))
    except ValueError as error:
        raise Refused("not_found", f"there is no purchase {text[:40]}", status=404) from error


def _json(body: BaseModel, *, status: int = 200) -> Response:
    return Response(body.model_dump_json(), status_code=status, media_type="application/json")
