"""Stripe's JSON, parsed where it comes in: what an event says of a purchase of ours, and what of it is kept.

Of an object only the fields below are read and stored: no name, no address, no card of who paid.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from autocrea.billing.domain.purchase import (
    PaymentId,
    PaymentStatus,
    Reversal,
    ReversalKind,
    SessionStatus,
)
from autocrea.billing.domain.purchasing import Fact, SessionFact
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.contracts.ids import PurchaseId, UserId
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SESSION_TYPES: Final = frozenset(
    f"checkout.session.{name}"
    for name in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
)
REFUND_TYPES: Final = frozenset(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
)
DISPUTE_TYPES: Final = frozenset(
    f"charge.dispute.{name}"
    for name in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)
EVENT_TYPES: Final = SESSION_TYPES | REFUND_TYPES | DISPUTE_TYPES
"""Whatever else comes is taken and forgotten: that a payment or a charge succeeded decides nothing here."""


def _id_of(value: Any) -> Any:
    """Stripe puts an object in place of its id where it was asked to."""
    return value.get("id") if isinstance(value, Mapping) else value


StripeId = Annotated[str, BeforeValidator(_id_of), Field(min_length=1, max_length=255)]
Moment = Annotated[datetime, BeforeValidator(lambda seconds: datetime.fromtimestamp(int(seconds), UTC))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class EventBody(_Part):
    """An event's envelope, as a webhook and the list carry it."""

    id: Annotated[str, Field(pattern=r"^evt_[A-Za-z0-9_]+$", max_length=255)]
    type: Annotated[str, Field(max_length=100)]
    created: Moment
    livemode: bool
    account: str | None = None  # of a connected account: not ours
    data: "EventData"


class EventData(_Part):
    """What it is about."""

    object: dict[str, Any]


class Session(_Part):
    """A Checkout Session."""

    id: StripeId
    status: str | None = None
    payment_status: str
    amount_total: int | None = None
    currency: str | None = None
    payment_intent: StripeId | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class Taken(_Part):
    """A refund or a dispute: both name a payment and say how much of it."""

    id: StripeId
    payment_intent: StripeId | None = None
    amount: int
    currency: str
    status: str


class Order(_Part):
    """What we ask Stripe to keep with a session: our own words, back with every event of it."""

    purchase_id: UUID = Field(alias="autocrea_purchase_id")
    user_id: str = Field(alias="autocrea_user_id", min_length=1)
    pack: str = Field(alias="autocrea_pack")
    tokens: int = Field(alias="autocrea_tokens", gt=0)
    rate_card: str = Field(alias="autocrea_rate_card")


ORDER_MARK: Final = "autocrea_purchase_id"
"""A session without it is somebody else's of the same account."""


def stored(body: EventBody) -> StripeEvent:
    """The event as it is kept."""
    model = Session if body.type in SESSION_TYPES else Taken
    content = model.model_validate(body.data.object).model_dump(mode="json")
    return StripeEvent(body.id, body.type, body.created, content)


def fact_of(event: StripeEvent) -> Fact | None:
    """What a stored event says; None when it is not about a payment of ours."""
    if event.type in SESSION_TYPES:
        session = session_fact(Session.model_validate(event.content))
        if session is None or event.type != "checkout.session.async_payment_failed":
            return session
        return replace(session, payment=PaymentStatus.FAILED)
    kind = ReversalKind.REFUND if event.type in REFUND_TYPES else ReversalKind.DISPUTE
    return reversal(kind, Taken.model_validate(event.content), event.happened_at)


def session_fact(session: Session) -> SessionFact | None:
    """What a session says of a purchase; None when it is not ours."""
    if ORDER_MARK not in session.metadata:
        return None
    order = Order.model_validate(session.metadata)
    return SessionFact(
        session_id=session.id,
        purchase_id=PurchaseId(order.purchase_id),
        user_id=UserId(order.user_id),
        pack=order.pack,
        tokens=order.tokens,
        rate_card_version=order.rate_card,
        amount=session.amount_total or 0,
        currency=session.currency or "",
        payment_id=PaymentId(session.payment_intent) if session.payment_intent else None,
        session=SessionStatus(session.status or SessionStatus.OPEN),
        payment=PaymentStatus.PAID if session.payment_status == "paid" else PaymentStatus.UNPAID,
    )


def reversal(kind: ReversalKind, taken: Taken, told_at: datetime) -> Reversal | None:
    """What a refund or a dispute says; None for one of the old kind that names no payment of Checkout's."""
    if taken.payment_intent is None:
        return None
    payment_id = PaymentId(taken.payment_intent)
    return Reversal(taken.id, kind, payment_id, taken.amount, taken.currency, taken.status, told_at)
