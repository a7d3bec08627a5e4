"""What billing is told, answers and publishes, version 1."""

from __future__ import annotations

from typing import Annotated

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, Moment, PurchaseId, Run, StepName, Tokens, UserId
from autocrea.contracts.message import Message, RunMessage, Service, Shape, Via
from autocrea.contracts.shapes import PERSONAL, LocalText, PricedModel
from autocrea.contracts.vocabulary import ChangeKind, Open, PurchaseState, Rounding, RunOutcome
from pydantic import Field

_RUN = ("generation_id", "run")

Money = Annotated[int, Field(ge=0, le=10**12)]
"""An amount in the currency's smallest unit, as Stripe counts it."""

Currency = Annotated[str, Field(pattern=r"^[a-z]{3}$")]
"""ISO 4217, lower case, as Stripe spells it."""


class RatedModel(PricedModel):
    """A model of the rate card."""

    aliases: tuple[str, ...] = Field(description="Other names under which people may ask for it.")


class Pack(Shape):
    """Tokens for sale."""

    pack: str = Field(description="The pack's name.")
    title: LocalText = Field(description="Its title for people.")
    tokens: Tokens = Field(description="What it credits.")
    amount: Money = Field(description="What it costs, in the currency's smallest unit.")
    currency: Currency = Field(description="ISO 4217, lower case.")


class BalanceChange(Shape):
    """One movement of an account."""

    kind: Open[ChangeKind] = Field(description="What moved it.")
    tokens: Tokens = Field(description="How much, always positive: the kind says in which direction.")
    generation_id: GenerationId | None = Field(
        description="The generation concerned; null when there is none."
    )
    run: Run | None = Field(description="Its run; null when there is none.")
    step: StepName | None = Field(description="The step concerned; null when there is none.")
    fault: Open[FaultCode] | None = Field(
        description="The fault that gave the tokens back; null when there is none."
    )
    purchase_id: PurchaseId | None = Field(description="The purchase concerned; null when there is none.")
    key: str | None = Field(
        default=None,
        description="What names the ledger's line; booked again under it, it is the same line.",
    )


class ReserveTokens(
    RunMessage,
    key="billing.reserve_tokens.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.BILLING,),
    natural_key=_RUN,
):
    """Hold the sum of the caps before any model is called; opens the account if it is new."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose tokens.")
    email_verified: bool = Field(description="Whether the welcome grant may be given.")
    caps: dict[StepName, Tokens] = Field(
        description="The most that each step can cost; their sum is the hold."
    )
    rate_card_version: str = Field(description="The rate card whose prices are wanted.")


class SettleTokens(
    RunMessage,
    key="billing.settle_tokens.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.BILLING,),
    natural_key=_RUN,
):
    """Bring a run's steps to what they shall have cost in the end, release the rest and close the hold."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose tokens.")
    outcome: Open[RunOutcome] = Field(description="How the run ends.")
    fault: Open[FaultCode] | None = Field(description="Why it ends early; null when it completed.")
    charges: dict[StepName, Tokens] = Field(
        description="What each step shall have cost in the end; 0 is a refund."
    )
    absorbed_tokens: Tokens = Field(
        description="What the platform paid for, counted against the daily allowance."
    )


class TokensReserved(
    RunMessage,
    key="billing.tokens_reserved.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_RUN,
):
    """The hold is open, and these are the prices that the run pins."""

    held_tokens: Tokens = Field(description="What was held.")
    rate_card_version: str = Field(description="The rate card of the prices.")
    models: tuple[PricedModel, ...] = Field(
        description="The models that may be called, in the rate card's order."
    )


class ReservationRefused(
    RunMessage,
    key="billing.reservation_refused.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_RUN,
):
    """Nothing was held: the run must not begin."""

    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    available_tokens: Tokens | None = Field(description="What the person has; null when it played no part.")
    needed_tokens: Tokens | None = Field(description="The sum of the caps; null when it played no part.")
    retry_after_seconds: int | None = Field(
        ge=0, description="When a retry makes sense; null when that is open."
    )


class TokensSettled(
    RunMessage,
    key="billing.tokens_settled.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_RUN,
):
    """The hold is closed; what each step cost in the end."""

    charges: dict[StepName, Tokens] = Field(description="What the ledger now holds for each step.")
    refunds: dict[StepName, Tokens] = Field(description="What was given back at settlement, by step.")
    released_tokens: Tokens = Field(description="What had been held and was not needed.")


class BalanceChanged(
    Message,
    key="billing.balance_changed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=("user_id", "version"),
):
    """An account as it stands after a batch of movements; the highest version is in force."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose account.")
    version: int = Field(ge=1, description="The account's version, without a gap.")
    available: Tokens = Field(description="What can be held or spent.")
    held: Tokens = Field(description="What open holds keep.")
    receivable: Tokens = Field(description="What is owed after a reversed payment.")
    blocked_until: Moment | None = Field(
        description="Until when new runs are refused; null when they are not."
    )
    changes: tuple[BalanceChange, ...] = Field(description="The movements that led here, in order.")


class PurchaseChanged(
    Message,
    key="billing.purchase_changed.v1",
    consumers=(Service.GATEWAY,),
    natural_key=("purchase_id", "version"),
):
    """A purchase as it stands; the highest version is in force."""

    purchase_id: PurchaseId = Field(description="The purchase.")
    user_id: Annotated[UserId, PERSONAL] = Field(description="Who buys.")
    version: int = Field(ge=1, description="The purchase's version, without a gap.")
    state: Open[PurchaseState] = Field(description="How it stands.")
    pack: str = Field(description="The pack bought.")
    tokens: Tokens = Field(description="What it credits.")
    amount: Money = Field(description="What it costs, in the currency's smallest unit.")
    currency: Currency = Field(description="ISO 4217, lower case.")
    reversed_tokens: Tokens = Field(default=0, description="What refunds and disputes took back of it.")


class RateCardPublished(
    Message,
    key="billing.rate_card_published.v1",
    consumers=(Service.GATEWAY,),
    natural_key=("revision",),
):
    """What models cost and what is for sale; the highest revision is in force."""

    revision: int = Field(ge=1, description="Counts the publications.")
    version: str = Field(description="What a generation pins.")
    models: tuple[RatedModel, ...] = Field(
        description="Every model that may be called, in order of preference."
    )
    packs: tuple[Pack, ...] = Field(description="What is for sale, the smallest first.")
    rounding: Open[Rounding] = Field(description="How a step's cost becomes whole tokens.")

    def subject(self) -> str:
        """The version of the rate card."""
        return self.version
