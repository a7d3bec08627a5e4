"""What the rules need from outside, in their own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from autocrea.contracts.ids import GenerationId, UserId
from autocrea.contracts.internal import LedgerPage


@dataclass(frozen=True, slots=True)
class OverdueHold:
    """An open hold that is older than any run can be."""

    generation_id: GenerationId
    run: int
    user_id: UserId
    held_tokens: int
    opened_at: datetime


class OverdueHolds(Protocol):
    """Finds holds that should have been settled long ago."""

    async def opened_before(self, moment: datetime) -> Sequence[OverdueHold]:
        """The oldest first, at most as many as a person reads. Raises Unavailable."""


class LedgerPages(Protocol):
    """Reads a user's ledger for people."""

    async def page(self, user_id: UserId, *, before: int | None, limit: int) -> LedgerPage:
        """The newest lines first, starting below the line `before`. Raises Unavailable."""
