"""Routes of buying tokens: what is for sale, a checkout, one's purchases; and the door for Stripe's webhooks."""

from typing import Annotated
from uuid import UUID, uuid4, uuid5

from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.ids import PurchaseId
from autocrea.contracts.internal import NewPurchase
from autocrea.contracts.message import NAMESPACE
from autocrea.contracts.vocabulary import Language
from autocrea.gateway.domain.catalogue import CatalogueKind
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import PackBody, Page, PurchaseBody, ReceivedBody
from autocrea.gateway.entrypoints.request_bodies import CheckoutRequest
from autocrea.gateway.entrypoints.requests import PAGE_DEFAULT, IdempotencyKey, Limit, Spoken, errors
from autocrea.gateway.handlers.refusals import refused
from fastapi import APIRouter, Header, Query, Request, Response

router = APIRouter(tags=["billing"])


@router.get("/billing/packs", summary="What is for sale")
async def list_packs(gateway: Wired, language: Spoken) -> list[PackBody]:
    """As the rate card in force has it, the smallest first."""
    catalogues = await gateway.read_model.list_catalogues([CatalogueKind.RATE_CARD])
    cards = [entry.published for entry in catalogues if isinstance(entry.published, RateCardPublished)]
    return [PackBody.of(pack, language) for card in cards for pack in card.packs]


@router.post(
    "/billing/checkout",
    status_code=201,
    summary="Buy a pack",
    responses=errors("idempotency_key_reused", "payments_off", "unknown_pack"),
)
async def start_checkout(
    body: CheckoutRequest,
    response: Response,
    gateway: Wired,
    caller: Caller,
    language: Spoken,
    idempotency_key: IdempotencyKey = None,
) -> PurchaseBody:
    """Send the person to `url` to pay. Tokens are credited when Stripe says that the money came; the feed tells it."""
    wanted = NewPurchase(
        purchase_id=_purchase_id(caller.user_id, idempotency_key), pack=body.pack, language=Language(language)
    )
    purchase = PurchaseBody.of(await gateway.purchases.start(caller.user_id, wanted))
    response.headers["Location"] = f"/api/billing/purchases/{purchase.purchase_id}"
    return purchase


@router.get("/billing/purchases", summary="Your purchases")
async def list_purchases(
    gateway: Wired,
    caller: Caller,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Limit = PAGE_DEFAULT,
) -> Page[PurchaseBody]:
    """The newest first."""
    before = PurchaseId(cursor) if cursor is not None else None
    page = await gateway.purchases.list(caller.user_id, before=before, limit=limit)
    following = str(page.next_before) if page.next_before is not None else None
    return Page(items=[PurchaseBody.of(one) for one in page.purchases], next_cursor=following)


@router.get("/billing/purchases/{purchase_id}", summary="One purchase", responses=errors("not_found"))
async def get_purchase(purchase_id: UUID, gateway: Wired, caller: Caller) -> PurchaseBody:
    """One that is only started is looked up at Stripe, so `paid` may be seen here before its tokens come."""
    return PurchaseBody.of(await gateway.purchases.read(caller.user_id, PurchaseId(purchase_id)))


@router.post(
    "/webhooks/stripe",
    summary="For Stripe alone",
    responses=errors("invalid_signature", "wrong_livemode", "wrong_account"),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    },
)
async def receive_stripe_event(
    request: Request,
    gateway: Wired,
    stripe_signature: Annotated[str | None, Header(description="Stripe's signature of the body.")] = None,
) -> ReceivedBody:
    """Answered once the event is stored. Whatever is not signed by Stripe for this account is a 400."""
    if stripe_signature is None:
        raise refused("invalid_signature")
    await gateway.purchases.receive_event(await request.body(), stripe_signature)
    return ReceivedBody(received=True)


def _purchase_id(user_id: str, key: str | None) -> PurchaseId:
    """The same for the same request of the same person."""
    return PurchaseId(uuid4() if key is None else uuid5(NAMESPACE, f"purchase:{user_id}:{key}"))
