"""A hold: the tokens set aside for one run, the cap of each step, and what each step was charged."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from autocrea.billing.domain.errors import CapExceeded
from autocrea.billing.domain.ledger import Account, hold_account
from autocrea.contracts.ids import GenerationId, StepName, UserId


class HoldState(StrEnum):
    """`open` takes captures; `closed` answers everything with nothing."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(slots=True)
class Hold:
    """One per run, closed by the settlement alone (or never opened, when its reservation hit a bug)."""

    generation_id: GenerationId
    run: int
    user_id: UserId
    state: HoldState
    caps: dict[StepName, int] = field(default_factory=dict)
    charged: dict[StepName, int] = field(default_factory=dict)  # net; a step is in it once captured
    rate_card_version: str | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    settled_at: datetime | None = None  # None though closed: its reservation hit a bug
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account = Account(hold_account(self.generation_id, self.run), self.user_id)

    @property
    def quote_tokens(self) -> int:
        return sum(self.caps.values())

    def check_cap(self, step: StepName, tokens: int) -> None:
        """Raise CapExceeded unless the step may cost this much in this run."""
        cap = self.caps.get(step, 0)
        if not 0 <= tokens <= cap:
            raise CapExceeded(
                f"step {step} of {self.generation_id} run {self.run}: {tokens} tokens, its cap is {cap}"
            )

    def close(self, now: datetime) -> None:
        """Only an empty hold can be closed."""
        assert self.account.balance_tokens == 0, f"{self.account.id} is not empty"
        self.state = HoldState.CLOSED
        self.closed_at = self.closed_at or now
        self.settled_at = now
