"""A sample of each message of billing."""

from collections.abc import Iterator
from typing import Final, TypedDict

from autocrea.contracts.billing import v1
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.message import Message
from autocrea.contracts.samples import values as the
from autocrea.contracts.shapes import LocalText
from autocrea.contracts.vocabulary import ChangeKind, PurchaseState, Rounding, RunOutcome


class _Common(TypedDict):
    generation_id: GenerationId
    run: int


_COMMON: Final = _Common(generation_id=the.GENERATION, run=1)


def samples() -> Iterator[Message]:
    """One of each, in the catalogue's order."""
    yield v1.ReserveTokens(
        **_COMMON, user_id=the.ADA, email_verified=True, caps=the.CAPS, rate_card_version=the.RATE_CARD
    )
    yield v1.SettleTokens(
        **_COMMON,
        user_id=the.ADA,
        outcome=RunOutcome.FAILED,
        fault=FaultCode.PROVIDER_UNAVAILABLE,
        charges={the.ARCHITECTURE: 0, the.BACKEND: 0},
        absorbed_tokens=0,
    )
    yield v1.TokensReserved(
        **_COMMON, held_tokens=50, rate_card_version=the.RATE_CARD, models=(the.PRICED, the.FALLBACK)
    )
    yield v1.ReservationRefused(
        **_COMMON,
        fault=FaultCode.INSUFFICIENT_TOKENS,
        available_tokens=10,
        needed_tokens=50,
        retry_after_seconds=None,
    )
    yield v1.TokensSettled(
        **_COMMON,
        charges={the.ARCHITECTURE: 0, the.BACKEND: 0},
        refunds={the.ARCHITECTURE: 5, the.BACKEND: 11},
        released_tokens=34,
    )
    yield v1.BalanceChanged(
        user_id=the.ADA,
        version=7,
        available=50,
        held=39,
        receivable=0,
        blocked_until=None,
        changes=(
            v1.BalanceChange(
                kind=ChangeKind.CAPTURE,
                tokens=11,
                generation_id=the.GENERATION,
                run=1,
                step=the.BACKEND,
                fault=None,
                purchase_id=None,
                key=f"capture:{the.GENERATION}:1:{the.BACKEND}",
            ),
        ),
    )
    yield v1.PurchaseChanged(
        purchase_id=the.PURCHASE,
        user_id=the.ADA,
        version=3,
        state=PurchaseState.CREDITED,
        pack="small",
        tokens=100,
        amount=500,
        currency="usd",
    )
    yield _rate_card()


def _rate_card() -> v1.RateCardPublished:
    return v1.RateCardPublished(
        revision=1,
        version=the.RATE_CARD,
        models=(
            v1.RatedModel(**the.PRICED.model_dump(), aliases=("joxcoder",)),
            v1.RatedModel(**the.FALLBACK.model_dump(), aliases=()),
        ),
        packs=(
            v1.Pack(
                pack="small",
                title=LocalText(es="100 tokens", en="100 tokens"),
                tokens=100,
                amount=500,
                currency="usd",
            ),
        ),
        rounding=Rounding.UP_PER_STEP,
    )
