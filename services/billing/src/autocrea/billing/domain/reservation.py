"""Whether a run may begin: its caps are set aside before any model is called, or it is refused."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain.errors import CapExceeded
from autocrea.billing.domain.holds import Hold, HoldState
from autocrea.billing.domain.settlement import charged_before
from autocrea.billing.domain.wallet import Wallet
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, StepName


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run was not begun."""

    fault: FaultCode
    available_tokens: int | None
    needed_tokens: int | None
    retry_after_seconds: int | None = None


def reserve(
    wallet: Wallet,
    generation_id: GenerationId,
    run: int,
    caps: Mapping[StepName, int],
    rate_card_version: str,
    *,
    card_known: bool,
    now: datetime,
) -> Hold | Refusal | None:
    """Open the run's hold. Returns None when it has one already, or was settled before this arrived.

    Raises CapExceeded when this run could make the generation cost more than its first quote.
    """
    if (generation_id, run) in wallet.holds:
        return None
    needed = sum(caps.values())
    refusal = _refusal(wallet, needed, card_known=card_known, now=now)
    if refusal is not None:
        return refusal
    hold = Hold(generation_id, run, wallet.user_id, HoldState.OPEN, dict(caps), {}, rate_card_version)
    _check_first_quote(wallet, hold)
    wallet.hold(hold, now)
    return hold


def refuse_for_bug(wallet: Wallet, generation_id: GenerationId, run: int, now: datetime) -> bool:
    """Close a run whose reservation hit a bug: no later copy of it may hold tokens. False: it has a hold."""
    if (generation_id, run) in wallet.holds:
        return False
    hold = Hold(generation_id, run, wallet.user_id, HoldState.CLOSED, closed_at=now)
    wallet.holds[generation_id, run] = hold
    return True


def _refusal(wallet: Wallet, needed: int, *, card_known: bool, now: datetime) -> Refusal | None:
    available = wallet.available_tokens
    if not card_known:
        return Refusal(FaultCode.QUOTE_CHANGED, available, needed)
    if wallet.receivable_tokens > 0:
        return Refusal(FaultCode.RECEIVABLE_OPEN, available, needed)
    blocked_until = wallet.blocked_until(now)
    if blocked_until is not None:
        seconds = math.ceil((blocked_until - now).total_seconds())
        return Refusal(FaultCode.ABSORPTION_CAPPED, available, needed, seconds)
    if available < needed:
        return Refusal(FaultCode.INSUFFICIENT_TOKENS, available, needed)
    return None


def _check_first_quote(wallet: Wallet, hold: Hold) -> None:
    """All runs of a generation together never cost more than its first quote, nor a step twice."""
    opened = [h for h in wallet.holds_of(hold.generation_id) if h.opened_at is not None]
    if not opened:
        return
    charged = charged_before(wallet, hold.generation_id, hold.run)
    twice = sorted(step for step in hold.caps if charged.get(step, 0) > 0)
    if twice:
        raise CapExceeded(
            f"run {hold.run} of {hold.generation_id} would charge {', '.join(twice)} a second time"
        )
    total, first = sum(charged.values()) + hold.quote_tokens, opened[0].quote_tokens
    if total > first:
        raise CapExceeded(
            f"all runs of {hold.generation_id} could cost {total} tokens, the first quote was {first}"
        )
