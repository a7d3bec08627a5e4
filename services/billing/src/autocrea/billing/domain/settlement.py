"""What a run costs: a capture when a step completes, at the end the difference to what it shall cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain.errors import CapExceeded
from autocrea.billing.domain.holds import Hold, HoldState
from autocrea.billing.domain.wallet import Wallet
from autocrea.contracts.ids import GenerationId, StepName


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a run ended in the ledger."""

    charges: Mapping[StepName, int]  # what the ledger holds for each step named, over all runs
    refunds: Mapping[StepName, int]  # what this settlement gave back, steps without a refund left out
    released_tokens: int


def capture_step(
    wallet: Wallet, generation_id: GenerationId, run: int, step: StepName, tokens: int, now: datetime
) -> None:
    """Charge a completed step, once. Without an open hold the run is settled, or never began: no charge.

    Raises CapExceeded.
    """
    hold = wallet.holds.get((generation_id, run))
    if hold is None or hold.state is HoldState.CLOSED or step in hold.charged:
        return
    wallet.capture(hold, step, tokens, now)


def settle(
    wallet: Wallet,
    generation_id: GenerationId,
    run: int,
    charges: Mapping[StepName, int],
    fault: str | None,
    now: datetime,
) -> Settlement | None:
    """Bring every step of the run to what it shall have cost, release the rest and close the hold.

    A step of the hold that `charges` leaves out costs nothing. A step outside of it was settled by an
    earlier run and stays as it is. Without a hold there is nothing to move, and the run is closed for a
    reservation that comes late.
    Returns None when the run is settled already. Raises CapExceeded, and then nothing has moved.
    """
    hold = wallet.holds.get((generation_id, run))
    if hold is None:
        hold = Hold(generation_id, run, wallet.user_id, HoldState.CLOSED)
    if hold.settled_at is not None:
        return None
    earlier = charged_before(wallet, generation_id, run)
    _check_targets(hold, charges, earlier)
    wallet.holds[generation_id, run] = hold
    refunds: dict[StepName, int] = {}
    for step in sorted(hold.caps):
        difference = charges.get(step, 0) - hold.charged.get(step, 0)
        if difference > 0:
            wallet.capture(hold, step, difference, now)
        elif difference < 0:
            refunds[step] = -difference
            wallet.refund(hold, step, -difference, fault, now)
    released_tokens = wallet.release(hold, fault, now)
    hold.close(now)
    named = sorted({*hold.caps, *charges})
    net = {step: earlier.get(step, 0) + hold.charged.get(step, 0) for step in named}
    return Settlement(net, refunds, released_tokens)


def charged_before(wallet: Wallet, generation_id: GenerationId, run: int) -> dict[StepName, int]:
    """What the runs before this one were charged per step, refunds taken off."""
    total: dict[StepName, int] = {}
    for hold in wallet.holds_of(generation_id):
        if hold.run < run:
            for step, tokens in hold.charged.items():
                total[step] = total.get(step, 0) + tokens
    return total


def _check_targets(hold: Hold, charges: Mapping[StepName, int], earlier: Mapping[StepName, int]) -> None:
    for step, tokens in charges.items():
        if step in hold.caps:
            hold.check_cap(step, tokens)
        elif tokens not in (0, earlier.get(step, 0)):
            raise CapExceeded(
                f"step {step} of {hold.generation_id}: run {hold.run} did not reserve it, "
                f"earlier runs were charged {earlier.get(step, 0)} tokens, not {tokens}"
            )
