"""What the gateway asks while a person waits: pages of the ledger."""

from uuid import UUID

from autocrea.billing.ports import LedgerPages
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import require_token
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.contracts.internal import LEDGER_PAGE_MAX, LEDGER_PATH
from autocrea.contracts.vocabulary import ChangeKind
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE_DEFAULT = 50


class LedgerHttp:
    """`GET /internal/users/{user_id}/ledger?before=&limit=&generation_id=&step=&kind=` with the gateway's token."""

    def __init__(self, pages: LedgerPages, gateway_token: SecretStr) -> None:
        self._pages = pages
        self._gateway_token = gateway_token

    def routes(self) -> list[Route]:
        return [Route(LEDGER_PATH, self._page)]

    async def _page(self, request: Request) -> Response:
        require_token(request, self._gateway_token)
        limit = min(_number(request, "limit") or PAGE_DEFAULT, LEDGER_PAGE_MAX)
        user_id = UserId(request.path_params["user_id"])
        page = await self._pages.page(
            user_id,
            before=_number(request, "before"),
            limit=limit,
            generation_id=_generation(request),
            step=request.query_params.get("step"),
            kind=_kind(request),
        )
        return Response(page.model_dump_json(), media_type="application/json")


def _generation(request: Request) -> GenerationId | None:
    text = request.query_params.get("generation_id")
    try:
        return None if text is None else GenerationId(UUID(text))
    except ValueError as error:
        raise Refused("invalid_request", "`generation_id` must be a UUID", status=422) from error


def _kind(request: Request) -> ChangeKind | None:
    text = request.query_params.get("kind")
    try:
        return None if text is None else ChangeKind(text)
    except ValueError as error:
        raise Refused("invalid_request", "`kind` must be one that the ledger has", status=422) from error


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
        raise Refused("invalid_request", f"`{name}` must be a positive whole number", status=422)
    return int(text)
